select
    referral_key,
    referred_day,
    country,
    segment,
    industry,
    strategic,
    {{ all_of(['channel', 'queue', 'survey', 'touchpoint', 'stage', 'role', 'reason']) }},
    origin as item,
    referrer_account_key as account_key,
    is_matured,
    coalesce(is_converted and converted_at <= {{ dbt.dateadd('day', 90, 'referred_at') }}, false) as is_converted_in_time
from {{ ref('fct_referral') }}
