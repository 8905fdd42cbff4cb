{{ config(enabled='zendesk' in var('sources')) }}
-- One row a target and version of its policy: what was promised when stays known after a policy changes.
select
    'zendesk' as source,
    cast(policies.id as {{ dbt.type_string() }}) || ':' || {{ json_text('targets.item', 'metric') }}
    || ':' || {{ json_text('targets.item', 'priority') }} || ':' || cast({{ to_utc('policies.updated_at') }} as {{ dbt.type_string() }}) as source_id,
    cast(policies.id as {{ dbt.type_string() }}) as policy_source_id,
    policies.title as name,
    policies.position,
    {{ zendesk_sla_metric(json_text('targets.item', 'metric')) }} as metric,
    {{ json_text('targets.item', 'priority') }} as priority,
    cast({{ json_text('targets.item', 'target') }} as {{ dbt.type_float() }}) as target_minutes,
    {{ json_text('targets.item', 'business_hours') }} = 'true' as is_business_hours,
    {{ json_text('targets.item', 'metric') }} in ('requester_wait_time', 'agent_work_time', 'pausable_update_time') as pauses_in_pending,
    {{ to_utc('policies.updated_at') }} as valid_from,
    {{ to_utc('policies._loaded_at') }} as loaded_at,
    policies._is_deleted as is_deleted
from {{ newest(source('zendesk', 'sla_policies'), ['id', 'updated_at']) }} as policies
{{ json_objects('policies.policy_metrics', 'targets') }}
