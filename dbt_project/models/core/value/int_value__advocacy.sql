-- Days on which a customer spoke for the company: a referral, or a public post or review that its author's address ties to the account.
select
    referrer_account_key as account_key,
    'referral' as act,
    referred_day as happened_day
from {{ ref('fct_referral') }}
where referrer_account_key is not null
union
select
    persons.account_key,
    'praise' as act,
    cast({{ business_day('mentions.happened_at') }} as date) as happened_day
from {{ ref('input__mentions') }} as mentions
inner join {{ ref('int_identity__email_keys') }} as emails on mentions.person_email_token = emails.email_token
inner join {{ ref('int_value__person_accounts') }} as persons on emails.person_key = persons.person_key
where not coalesce(mentions.is_deleted, false)
    and not coalesce(mentions.is_own_reply, false)
    and mentions.rating >= 0.8 * mentions.rating_max
