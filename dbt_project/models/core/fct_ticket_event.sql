{{ config(
    materialized='incremental',
    unique_key=['source', 'source_id'],
    incremental_strategy='merge',
    on_schema_change='fail',
    indexes=[{'columns': ['source', 'source_id'], 'unique': True}, {'columns': ['ticket_key']}, {'columns': ['loaded_at']}],
    post_hook="{{ forget_vanished('input__ticket_events') if is_incremental() }}"
) }}
-- What happened to a ticket, step by step. Who acted is a kind of actor, never a person: agents are employees.
select
    {{ surrogate_key('ticket_event', ['source', 'source_id']) }} as ticket_event_key,
    {{ surrogate_key('ticket', ['source', 'ticket_source_id']) }} as ticket_key,
    source,
    source_id,
    event_seq,
    event_type,
    coalesce(actor_type, 'system') as actor_type,
    is_public,
    from_value,
    to_value,
    comment_redacted,
    happened_at,
    loaded_at
from {{ ref('input__ticket_events') }}
where not coalesce(is_deleted, false)
{% if is_incremental() %}
    and loaded_at > {{ watermark(this) }}
{% endif %}
