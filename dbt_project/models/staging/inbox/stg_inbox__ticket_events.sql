{{ config(enabled='inbox_support' in var('sources')) }}
select
    'inbox' as source,
    id as source_id,
    ticket_id as ticket_source_id,
    event_seq,
    event_type,
    actor_type,
    actor_id as actor_source_id,
    is_public,
    from_value,
    to_value,
    group_id as group_source_id,
    group_name,
    from_group_name,
    comment_redacted,
    {{ to_utc('happened_at') }} as happened_at,
    {{ to_utc('_loaded_at') }} as loaded_at,
    _is_deleted as is_deleted
from {{ newest(source('inbox_support', 'ticket_events')) }} as ticket_events
