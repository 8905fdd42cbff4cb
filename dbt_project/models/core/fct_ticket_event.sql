{{ config(
    materialized='incremental',
    incremental_strategy='tracked',
    unique_key=['source', 'source_id'],
    on_schema_change='fail',
    indexes=[{'columns': ['source', 'source_id'], 'unique': True}, {'columns': ['ticket_key']}, {'columns': ['_built_at'], 'type': 'brin'}],
    meta={'days': ['happened_at'], 'carried': ['ticket_key']},
    pre_hook="{{ want([
        changed('input__ticket_events'),
        matching('input__ticket_events', ['source', 'ticket_source_id'], 'input__ticket_events', ['source', 'ticket_source_id']),
        matching('input__ticket_events', ['source', 'ticket_source_id'], 'input__tickets'),
    ]) }}"
) }}
-- What happened to a ticket, step by step. Who acted is a kind of actor and the team that had the ticket then, never a person: agents are
-- employees. One step that is new or changed brings all of its ticket, for the team may have been told of late.
select
    {{ surrogate_key('ticket_event', ['events.source', 'events.source_id']) }} as ticket_event_key,
    {{ surrogate_key('ticket', ['events.source', 'events.ticket_source_id']) }} as ticket_key,
    events.source,
    events.source_id,
    events.event_seq,
    events.event_type,
    coalesce(events.actor_type, 'system') as actor_type,
    coalesce(groups.queue, 'unknown') as queue,
    events.is_public,
    case when events.event_type = 'group' then groups.queue_before else events.from_value end as from_value,
    case when events.event_type = 'group' then events.group_name else events.to_value end as to_value,
    events.comment_redacted,
    events.happened_at,
    events.loaded_at,
    {{ built_at() }} as _built_at
from {{ ref('input__ticket_events') }} as events
left join {{ ref('int_support__ticket_groups') }} as groups
    on events.source = groups.source and events.ticket_source_id = groups.ticket_source_id
    and (events.happened_at >= groups.started_at or groups.station_seq = 1)
    and (events.happened_at < groups.ended_at or groups.ended_at is null)
{{ only_wanted('events') }}
where not coalesce(events.is_deleted, false)
