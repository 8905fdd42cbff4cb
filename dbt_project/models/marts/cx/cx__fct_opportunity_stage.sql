{{ config(alias='fct_opportunity_stage') }}
select
    opportunity_stage_key,
    opportunity_key,
    source,
    stage_number,
    stage,
    outcome,
    opportunity_type,
    amount,
    reason,
    is_competitor_named,
    entered_at,
    left_at,
    entered_day,
    stage_minutes,
    person_key,
    account_key,
    country,
    segment,
    industry,
    strategic
from {{ ref('fct_opportunity_stage') }}
