-- When a ticket was first and last solved, and how often it came back.
select
    source,
    ticket_source_id,
    min(case when is_solved and not was_solved then started_at end) as first_solved_at,
    max(case when is_solved and not was_solved then started_at end) as last_solved_at,
    max(case when ended_at is null then status end) as last_status,
    cast(sum(case when status_before = 'solved' and not is_solved and status <> 'deleted' then 1 else 0 end) as bigint) as reopens
from {{ ref('int_support__ticket_status_periods') }}
group by source, ticket_source_id
