-- The teams a ticket was with, one after the other. A history that does not tell the first team begins with the one it was taken from; one
-- without any change stayed with the team in charge.
with changes as (
    select
        events.source,
        events.ticket_source_id,
        events.happened_at,
        events.event_seq,
        events.group_name,
        events.from_group_name,
        row_number() over (partition by events.source, events.ticket_source_id order by events.happened_at, events.event_seq) as change_number
    from {{ ref('input__ticket_events') }} as events
    inner join {{ ref('int_support__tickets_to_build') }} as wanted
        on events.source = wanted.source and events.ticket_source_id = wanted.source_id
    where events.event_type = 'group' and events.group_name is not null and not coalesce(events.is_deleted, false)
),

told as (
    select source, ticket_source_id, happened_at, event_seq, group_name
    from changes
    union all
    select
        tickets.source,
        tickets.source_id as ticket_source_id,
        tickets.created_at as happened_at,
        cast(-1 as bigint) as event_seq,
        coalesce(changes.from_group_name, tickets.group_name) as group_name
    from {{ ref('input__tickets') }} as tickets
    inner join {{ ref('int_support__tickets_to_build') }} as wanted
        on tickets.source = wanted.source and tickets.source_id = wanted.source_id
    left join changes
        on tickets.source = changes.source and tickets.source_id = changes.ticket_source_id and changes.change_number = 1
    where changes.from_group_name is not null or (changes.source is null and tickets.group_name is not null)
),

followed as (
    select
        *,
        lag(group_name) over (partition by source, ticket_source_id order by happened_at, event_seq) as group_before
    from told
),

moves as (
    select *
    from followed
    where group_before is null or group_before <> group_name
)

select
    source,
    ticket_source_id,
    cast(row_number() over (partition by source, ticket_source_id order by happened_at, event_seq) as bigint) as station_seq,
    cast(group_name as {{ dbt.type_string() }}) as queue,
    cast(group_before as {{ dbt.type_string() }}) as queue_before,
    happened_at as started_at,
    lead(happened_at) over (partition by source, ticket_source_id order by happened_at, event_seq) as ended_at
from moves
