{{ config(
    alias='fct_sla',
    unique_key=['sla_key'],
    indexes=[{'columns': ['sla_key'], 'unique': True}, {'columns': ['_built_at'], 'type': 'brin'}],
    pre_hook="{{ want([changed('fct_sla')]) }}"
) }}
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
    started_day,
    {{ built_at() }} as _built_at
from {{ ref('fct_sla') }}
{{ only_rewritten() }}
