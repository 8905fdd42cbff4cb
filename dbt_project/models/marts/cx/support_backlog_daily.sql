-- Unsolved tickets at the end of each business day, and what moved them. Across age bands, a day's open tickets are the day before's plus
-- created plus reopened minus solved minus removed.
select
    day,
    queue,
    priority,
    age_band,
    cast(sum(case when is_open_at_end then 1 else 0 end) as bigint) as open_tickets,
    cast(sum(created) as bigint) as created,
    cast(sum(reopened) as bigint) as reopened,
    cast(sum(solved) as bigint) as solved,
    cast(sum(removed) as bigint) as removed
from {{ ref('fct_ticket_daily') }}
group by day, queue, priority, age_band
