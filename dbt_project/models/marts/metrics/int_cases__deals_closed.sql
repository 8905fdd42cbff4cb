select
    deals.opportunity_stage_key,
    deals.entered_day as closed_day,
    deals.country,
    deals.segment,
    deals.industry,
    deals.strategic,
    {{ all_of(['channel', 'queue', 'survey', 'touchpoint', 'stage', 'role']) }},
    deals.reason,
    deals.outcome as item,
    deals.account_key,
    deals.outcome = 'won' as is_won,
    deals.outcome = 'lost' as is_lost,
    deals.is_competitor_named,
    {{ theme_of('deals.reason', 'reasons.theme') }} as theme
from {{ ref('fct_opportunity_stage') }} as deals
left join {{ ref('dim_reason') }} as reasons on deals.reason = reasons.reason and reasons.kind = 'win_loss'
where deals.outcome in ('won', 'lost')
