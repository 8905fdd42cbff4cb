{{ config(alias='fct_leaver_step') }}
select
    leaver_step_key,
    offboarding_key,
    account_key,
    item,
    state,
    due_at,
    done_at,
    notice_day,
    reason,
    country,
    segment,
    industry,
    strategic
from {{ ref('fct_leaver_step') }}
