-- What is promised in service level agreements, with every version that was landed: the first holds from the beginning.
with versions as (
    select
        *,
        row_number() over (partition by source, policy_source_id, metric, priority order by valid_from nulls first, source_id) as version,
        lead(valid_from) over (partition by source, policy_source_id, metric, priority order by valid_from nulls first, source_id) as next_from
    from {{ ref('input__sla_policies') }}
    where not coalesce(is_deleted, false)
)

select
    {{ surrogate_key('sla_policy_version', ['source', 'source_id']) }} as sla_policy_sk,
    {{ surrogate_key('sla_policy', ['source', 'policy_source_id']) }} as sla_policy_key,
    source,
    coalesce(name, 'unknown') as policy,
    position,
    metric,
    coalesce(priority, 'all') as priority,
    target_minutes,
    coalesce(is_business_hours, false) as is_business_hours,
    coalesce(pauses_in_pending, metric in ('requester_wait', 'agent_work')) as pauses_in_pending,
    cast(version as bigint) as version,
    case when version = 1 then cast('1900-01-01' as timestamp) else valid_from end as valid_from,
    coalesce(next_from, cast('9999-12-31' as timestamp)) as valid_to,
    next_from is null as is_current,
    loaded_at
from versions
