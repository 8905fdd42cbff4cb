{{ config(
    materialized='incremental',
    incremental_strategy='tracked',
    unique_key=['source'],
    on_schema_change='fail'
) }}
-- Helpdesks that tell their policies and have never told where one applied.
select
    policies.source,
    {{ built_at() }} as _built_at
from (select distinct source from {{ ref('input__sla_policies') }}) as policies
left join (select distinct source from {{ ref('input__sla_events') }} where event_type = 'apply') as telling
    on policies.source = telling.source
where telling.source is null
