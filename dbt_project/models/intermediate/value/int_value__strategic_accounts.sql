-- Which accounts are strategic, by which part of the rule of config/strategic.yml.
{%- set rule = var('config').strategic %}
with ranked as (
    select
        account_key,
        row_number() over (order by lifetime_value desc, account_key asc) as place,
        count(*) over () as accounts
    from {{ ref('int_value__account_value') }}
    where is_active and lifetime_value > 0
),

references_given as (
    select accounts.account_key, count(*) as converted
    from {{ ref('input__referrals') }} as referrals
    inner join {{ ref('int_identity__account_keys') }} as accounts
        on referrals.source = accounts.source and referrals.referrer_account_source_id = accounts.source_id
    where not coalesce(referrals.is_deleted, false) and referrals.status = 'won'
    group by accounts.account_key
),

judged as (
    select
        terms.account_key,
        coalesce(terms.is_declared_strategic, false) and {{ 'true' if rule.declared else 'false' }} as is_declared,
        terms.is_declared_strategic is not null as is_declaration_known,
        coalesce(ranked.place <= ceiling({{ rule.top_value_share }} * ranked.accounts), false) as is_top_value,
        coalesce(references_given.converted >= nullif({{ rule.converted_referrals }}, 0), false) as is_reference
    from {{ ref('int_value__account_terms') }} as terms
    left join ranked on terms.account_key = ranked.account_key
    left join references_given on terms.account_key = references_given.account_key
)

select
    account_key,
    is_declared,
    is_top_value,
    is_reference,
    is_declared or is_top_value or is_reference as is_strategic,
    case
        when is_declared or is_top_value or is_reference then 'yes'
        when is_declaration_known then 'no'
        else 'unknown'
    end as strategic,
    cast({{ rule.version }} as bigint) as rule_version
from judged
