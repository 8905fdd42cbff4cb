-- The times a ticket stood open: from creation or reopening until solved. One still open has no end; one that is no longer open though no
-- step says that it was solved was removed when it last changed.
with turns as (
    select source, ticket_source_id, started_at as happened_at, period_seq, is_solved or status = 'deleted' as is_over
    from {{ ref('int_support__ticket_status_periods') }}
),

followed as (
    select
        *,
        lag(is_over) over (partition by source, ticket_source_id order by happened_at, period_seq) as was_over
    from turns
),

ordered as (
    select
        source,
        ticket_source_id,
        is_over,
        happened_at as opened_at,
        lead(happened_at) over (partition by source, ticket_source_id order by happened_at, period_seq) as closed_at,
        row_number() over (partition by source, ticket_source_id order by happened_at, period_seq) as turn_number
    from followed
    where was_over is null or was_over <> is_over
)

select
    tickets.source,
    tickets.source_id as ticket_source_id,
    cast(ordered.turn_number as bigint) as turn_number,
    ordered.turn_number = 1 as is_first,
    case when ordered.turn_number = 1 then tickets.created_at else ordered.opened_at end as opened_at,
    case when ordered.closed_at is null and not tickets.is_open then greatest(tickets.updated_at, ordered.opened_at) else ordered.closed_at end as closed_at,
    ordered.closed_at is null and not tickets.is_open as is_removed
from ordered
inner join {{ ref('int_support__tickets') }} as tickets
    on ordered.source = tickets.source and ordered.ticket_source_id = tickets.source_id
where not ordered.is_over
