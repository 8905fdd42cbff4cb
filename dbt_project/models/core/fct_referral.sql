-- One recommendation of a customer, and what became of it.
select
    {{ surrogate_key('referral', ['referrals.source', 'referrals.source_id']) }} as referral_key,
    referrals.source,
    referrals.source_id,
    referrers.account_key as referrer_account_key,
    persons.person_key as referrer_person_key,
    referred.account_key as referred_account_key,
    coalesce(referrals.origin, 'unknown') as origin,
    referrals.status,
    referrals.status = 'won' as is_converted,
    referrals.referred_at,
    referrals.converted_at,
    cast(referrals.referred_at as date) as referred_day,
    referrals.referred_at <= {{ dbt.dateadd('day', -90, 'clock.as_of_at') }} as is_matured,
    coalesce(accounts.country, 'unknown') as country,
    coalesce(accounts.segment, 'unknown') as segment,
    coalesce(accounts.industry, 'unknown') as industry,
    coalesce(accounts.strategic, 'unknown') as strategic,
    referrals.loaded_at
from {{ ref('input__referrals') }} as referrals
cross join {{ ref('int_value__clock') }} as clock
left join {{ ref('int_identity__account_keys') }} as referrers
    on referrals.source = referrers.source and referrals.referrer_account_source_id = referrers.source_id
left join {{ ref('int_identity__account_keys') }} as referred
    on referrals.source = referred.source and referrals.referred_account_source_id = referred.source_id
left join {{ ref('int_identity__person_keys') }} as persons
    on referrals.source = persons.source and referrals.referrer_person_source_id = persons.source_id
{{ join_as_of('account', 'accounts', 'referrers.account_key', 'referrals.referred_at') }}
where not coalesce(referrals.is_deleted, false) and referrals.referred_at is not null
