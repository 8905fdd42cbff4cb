{{ config(alias='fct_interaction') }}
select
    interaction_key,
    source,
    interaction_type,
    direction,
    touchpoint_key,
    stage,
    mode,
    object_level,
    role,
    provenance,
    person_key,
    account_key,
    country,
    segment,
    industry,
    strategic,
    channel,
    happened_at,
    happened_day,
    local_hour_of_week
from {{ ref('fct_interaction') }}
