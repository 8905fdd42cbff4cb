{{ config(alias='fct_sla') }}
select
    sla_key,
    ticket_key,
    source,
    sla_policy_sk,
    policy,
    metric,
    applied_at,
    target_minutes,
    is_business_hours,
    elapsed_minutes,
    met_at,
    state,
    country,
    segment,
    industry,
    strategic,
    channel,
    queue,
    priority,
    reason,
    started_day
from {{ ref('fct_sla') }}
