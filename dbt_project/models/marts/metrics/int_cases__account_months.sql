-- Twelve months are counted by what was added, cut down and taken away in them, so that rates of exchange leave them alone.
with referred as (
    select distinct referred_account_key as account_key
    from {{ ref('fct_referral') }}
    where referred_account_key is not null
)

select
    months.account_month_key,
    months.month_day,
    months.country,
    months.segment,
    months.industry,
    months.strategic,
    {{ all_of(['channel', 'queue', 'survey', 'touchpoint', 'stage', 'role', 'reason']) }},
    coalesce(months.acquisition_origin, 'unknown') as item,
    months.account_key,
    months.is_customer_before,
    months.is_lost,
    months.recurring_year_ago > 0 as was_customer_year_ago,
    months.is_customer,
    months.new_recurring > 0 as is_new,
    referred.account_key is not null as is_referral_known,
    months.recurring_year_ago,
    greatest(months.recurring_year_ago - months.contraction_year - months.churned_year, 0) as kept_year,
    greatest(months.recurring_year_ago + months.expansion_year - months.contraction_year - months.churned_year, 0) as net_year,
    months.cost_to_serve,
    months.tickets
from {{ ref('fct_account_month') }} as months
left join referred on months.account_key = referred.account_key
