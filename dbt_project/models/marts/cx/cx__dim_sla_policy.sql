{{ config(alias='dim_sla_policy') }}
select
    sla_policy_sk,
    sla_policy_key,
    source,
    policy,
    position,
    metric,
    priority,
    target_minutes,
    is_business_hours,
    pauses_in_pending,
    version,
    valid_from,
    valid_to,
    is_current
from {{ ref('dim_sla_policy') }}
