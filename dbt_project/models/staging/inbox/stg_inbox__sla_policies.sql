{{ config(enabled='inbox_support' in var('sources')) }}
select
    'inbox' as source,
    id as source_id,
    policy_id as policy_source_id,
    name,
    position,
    metric,
    priority,
    target_minutes,
    is_business_hours,
    pauses_in_pending,
    {{ to_utc('valid_from') }} as valid_from,
    {{ to_utc('_loaded_at') }} as loaded_at,
    _is_deleted as is_deleted
from {{ newest(source('inbox_support', 'sla_policies')) }} as sla_policies
