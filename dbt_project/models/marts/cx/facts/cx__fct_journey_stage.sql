{{ config(
    alias='fct_journey_stage',
    unique_key=['person_key', 'stage'],
    indexes=[{'columns': ['person_key', 'stage'], 'unique': True}, {'columns': ['_built_at'], 'type': 'brin'}],
    pre_hook="{{ want([changed('fct_journey_stage')]) }}"
) }}
select
    person_key,
    stage,
    position,
    account_key,
    signal,
    entered_at,
    entered_day,
    entry_number,
    is_backward,
    next_stage,
    next_entered_at,
    window_days,
    is_converted,
    is_matured,
    days_to_next,
    country,
    segment,
    industry,
    strategic,
    {{ built_at() }} as _built_at
from {{ ref('fct_journey_stage') }}
{{ only_rewritten() }}
