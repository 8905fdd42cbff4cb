{{ config(alias='fct_journey_stage') }}
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
    strategic
from {{ ref('fct_journey_stage') }}
