{{ config(alias='fct_referral') }}
select
    referral_key,
    source,
    referrer_account_key,
    referrer_person_key,
    referred_account_key,
    origin,
    status,
    is_converted,
    referred_at,
    converted_at,
    referred_day,
    is_matured,
    country,
    segment,
    industry,
    strategic
from {{ ref('fct_referral') }}
