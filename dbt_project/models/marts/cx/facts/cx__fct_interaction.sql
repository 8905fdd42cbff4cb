{{ config(
    alias='fct_interaction',
    unique_key=['interaction_key'],
    indexes=[{'columns': ['interaction_key'], 'unique': True}, {'columns': ['_built_at'], 'type': 'brin'}],
    pre_hook="{{ want([changed('fct_interaction', [surrogate_key('interaction', ['source', 'source_id'])])]) }}"
) }}
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
    local_hour_of_week,
    is_pre_contract,
    {{ built_at() }} as _built_at
from {{ ref('fct_interaction') }}
{{ only_rewritten() }}
