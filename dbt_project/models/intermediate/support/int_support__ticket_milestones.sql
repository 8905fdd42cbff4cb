-- When a ticket was first and last solved, how often it came back, and who waited for whom.
with periods as (
    select
        *,
        case when ended_at is not null then {{ minutes_between('started_at', 'ended_at') }} end as minutes
    from {{ ref('int_support__ticket_status_periods') }}
)

select
    source,
    ticket_source_id,
    min(case when is_solved and not was_solved then started_at end) as first_solved_at,
    max(case when is_solved and not was_solved then started_at end) as last_solved_at,
    max(case when ended_at is null then status end) as last_status,
    cast(sum(case when status_before = 'solved' and not is_solved and status <> 'deleted' then 1 else 0 end) as bigint) as reopens,
    cast(sum(case when status in ('new', 'open', 'hold') then minutes else 0 end) as {{ dbt.type_float() }}) as requester_wait_minutes,
    cast(sum(case when status = 'pending' then minutes else 0 end) as {{ dbt.type_float() }}) as agent_wait_minutes
from periods
group by source, ticket_source_id
