select
    leaver_step_key,
    notice_day,
    country,
    segment,
    industry,
    strategic,
    {{ all_of(['channel', 'queue', 'survey', 'touchpoint', 'stage', 'role']) }},
    reason,
    item,
    account_key,
    offboarding_key,
    state <> 'open' as is_judged,
    state = 'done' as is_done,
    state = 'missed' as is_missed
from {{ ref('fct_leaver_step') }}
