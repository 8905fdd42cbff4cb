{{ config(
    materialized='incremental',
    incremental_strategy='tracked',
    unique_key=['source', 'source_id'],
    on_schema_change='fail',
    indexes=[{'columns': ['source', 'source_id'], 'unique': True}, {'columns': ['ticket_key']}, {'columns': ['_built_at'], 'type': 'brin'}],
    meta={'days': ['happened_at'], 'carried': ['ticket_key']},
    pre_hook="{{ want([changed('input__ticket_events')]) }}"
) }}
-- What happened to a ticket, step by step. Who acted is a kind of actor, never a person: agents are employees.
select
    {{ surrogate_key('ticket_event', ['events.source', 'events.source_id']) }} as ticket_event_key,
    {{ surrogate_key('ticket', ['events.source', 'events.ticket_source_id']) }} as ticket_key,
    events.source,
    events.source_id,
    events.event_seq,
    events.event_type,
    coalesce(events.actor_type, 'system') as actor_type,
    events.is_public,
    events.from_value,
    events.to_value,
    events.comment_redacted,
    events.happened_at,
    events.loaded_at,
    {{ built_at() }} as _built_at
from {{ ref('input__ticket_events') }} as events
{{ only_wanted('events') }}
where not coalesce(events.is_deleted, false)
