-- The statuses a ticket went through, from the change into each to the change out of it. A history that does not hold the creation
-- begins as new at the ticket's creation.
with recorded as (
    select
        events.source,
        events.ticket_source_id,
        events.event_seq,
        events.happened_at,
        events.event_type,
        lower(events.to_value) as status
    from {{ ref('input__ticket_events') }} as events
    inner join {{ ref('int_support__tickets_to_build') }} as wanted
        on events.source = wanted.source and events.ticket_source_id = wanted.source_id
    where events.event_type in ('created', 'status') and events.to_value is not null and not coalesce(events.is_deleted, false)
),

begun as (
    select source, ticket_source_id
    from recorded
    where event_type = 'created'
    group by source, ticket_source_id
),

complete as (
    select source, ticket_source_id, event_seq, happened_at, status
    from recorded
    union all
    select
        tickets.source,
        tickets.source_id as ticket_source_id,
        cast(0 as bigint) as event_seq,
        tickets.created_at as happened_at,
        'new' as status
    from {{ ref('input__tickets') }} as tickets
    inner join {{ ref('int_support__tickets_to_build') }} as wanted
        on tickets.source = wanted.source and tickets.source_id = wanted.source_id
    left join begun on tickets.source = begun.source and tickets.source_id = begun.ticket_source_id
    where begun.source is null and tickets.created_at is not null
),

followed as (
    select
        source,
        ticket_source_id,
        event_seq,
        happened_at,
        status,
        lag(status) over (partition by source, ticket_source_id order by happened_at, event_seq) as status_before
    from complete
),

changes as (
    select *
    from followed
    where status_before is null or status_before <> status
)

select
    source,
    ticket_source_id,
    cast(row_number() over (partition by source, ticket_source_id order by happened_at, event_seq) as bigint) as period_seq,
    cast(status as {{ dbt.type_string() }}) as status,
    cast(status_before as {{ dbt.type_string() }}) as status_before,
    status in ('solved', 'closed') as is_solved,
    coalesce(status_before in ('solved', 'closed'), false) as was_solved,
    happened_at as started_at,
    lead(happened_at) over (partition by source, ticket_source_id order by happened_at, event_seq) as ended_at
from changes
