-- Unsolved tickets at the end of each business day, and what moved them. Across age bands, a day's open tickets are the day before's plus
-- created plus reopened minus solved.
with moves as (
    select day, ticket_key, age_days, 1 as open_tickets, 0 as created, 0 as reopened, 0 as solved
    from {{ ref('int_cases__backlog') }}
    union all
    select
        opened_day as day,
        ticket_key,
        {{ dbt.datediff('created_day', 'opened_day', 'day') }} as age_days,
        0 as open_tickets,
        case when is_first then 1 else 0 end as created,
        case when is_first then 0 else 1 end as reopened,
        0 as solved
    from {{ ref('int_cases__open_periods') }}
    union all
    select
        closed_day as day,
        ticket_key,
        {{ dbt.datediff('created_day', 'closed_day', 'day') }} as age_days,
        0 as open_tickets,
        0 as created,
        0 as reopened,
        1 as solved
    from {{ ref('int_cases__open_periods') }}
    where closed_day is not null
),

banded as (
    select
        moves.*,
        tickets.queue,
        tickets.priority,
        case
            when moves.age_days <= 1 then '0-1'
            when moves.age_days <= 3 then '2-3'
            when moves.age_days <= 7 then '4-7'
            when moves.age_days <= 14 then '8-14'
            else '15+'
        end as age_band
    from moves
    inner join {{ ref('int_cases__tickets') }} as tickets on moves.ticket_key = tickets.ticket_key
)

select
    day,
    queue,
    priority,
    age_band,
    cast(sum(open_tickets) as bigint) as open_tickets,
    cast(sum(created) as bigint) as created,
    cast(sum(reopened) as bigint) as reopened,
    cast(sum(solved) as bigint) as solved
from banded
group by day, queue, priority, age_band
