{{ config(enabled='inbox_support' in var('sources')) }}
select
    'inbox' as source,
    id as source_id,
    ticket_id as ticket_source_id,
    policy_id as policy_source_id,
    metric,
    event_type,
    target_minutes,
    is_business_hours,
    {{ to_utc('happened_at') }} as happened_at,
    {{ to_utc('_loaded_at') }} as loaded_at,
    _is_deleted as is_deleted
from {{ newest(source('inbox_support', 'sla_events')) }} as sla_events
