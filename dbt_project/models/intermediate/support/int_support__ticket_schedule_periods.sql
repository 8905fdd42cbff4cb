-- The opening hours in force over a ticket's life. The first that a ticket is given holds from its beginning; a ticket that is given
-- none has that of its source's record, or the organisation's own.
with assigned as (
    select
        events.source,
        events.ticket_source_id,
        events.source || ':' || events.to_value as schedule_id,
        events.happened_at,
        events.event_seq,
        lag(events.to_value) over (
            partition by events.source, events.ticket_source_id order by events.happened_at, events.event_seq
        ) as value_before,
        events.to_value
    from {{ ref('input__ticket_events') }} as events
    inner join {{ ref('int_support__tickets_to_build') }} as wanted
        on events.source = wanted.source and events.ticket_source_id = wanted.source_id
    where events.event_type = 'schedule' and events.to_value is not null and not coalesce(events.is_deleted, false)
),

known as (
    select distinct schedule_id
    from {{ ref('int_time__schedule_intervals') }}
),

changes as (
    select
        assigned.source,
        assigned.ticket_source_id,
        coalesce(known.schedule_id, '{{ var("config").default_schedule }}') as schedule_id,
        assigned.happened_at,
        row_number() over (
            partition by assigned.source, assigned.ticket_source_id order by assigned.happened_at, assigned.event_seq
        ) as period_seq,
        lead(assigned.happened_at) over (
            partition by assigned.source, assigned.ticket_source_id order by assigned.happened_at, assigned.event_seq
        ) as ended_at
    from assigned
    left join known on assigned.schedule_id = known.schedule_id
    where assigned.value_before is null or assigned.value_before <> assigned.to_value
)

select
    tickets.source,
    tickets.source_id as ticket_source_id,
    cast(coalesce(changes.period_seq, 1) as bigint) as period_seq,
    cast(coalesce(changes.schedule_id, known.schedule_id, '{{ var("config").default_schedule }}') as {{ dbt.type_string() }}) as schedule_id,
    case when changes.period_seq > 1 then changes.happened_at end as started_at,
    changes.ended_at
from {{ ref('input__tickets') }} as tickets
inner join {{ ref('int_support__tickets_to_build') }} as wanted
    on tickets.source = wanted.source and tickets.source_id = wanted.source_id
left join changes on tickets.source = changes.source and tickets.source_id = changes.ticket_source_id
left join known on tickets.source || ':' || tickets.schedule_id = known.schedule_id
