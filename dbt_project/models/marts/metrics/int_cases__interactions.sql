-- Contacts with their place in the journey and their account as it was then.
select
    contacts.interaction_key,
    contacts.happened_day,
    coalesce(nullif(accounts.country, 'unknown'), persons.country, 'unknown') as country,
    coalesce(accounts.segment, 'unknown') as segment,
    coalesce(accounts.industry, 'unknown') as industry,
    coalesce(accounts.strategic, 'unknown') as strategic,
    coalesce({{ channel_of('contacts.channel') }}, 'unknown') as channel,
    {{ all_of(['queue', 'survey']) }},
    contacts.touchpoint_key as touchpoint,
    touchpoints.stage,
    {{ all_of(['role', 'reason']) }},
    touchpoints.mode as item,
    contacts.person_key,
    coalesce(contacts.account_key, persons.account_key) as account_key,
    touchpoints.mode,
    touchpoints.object_level,
    contacts.direction,
    contacts.touchpoint_key <> 'unmapped' as is_mapped,
    contacts.happened_day < contracts.first_contract_on as is_pre_contract
from {{ ref('fct_interaction') }} as contacts
inner join {{ ref('dim_touchpoint') }} as touchpoints
    on contacts.touchpoint_key = touchpoints.touchpoint_key
    and contacts.happened_at >= touchpoints.valid_from and contacts.happened_at < touchpoints.valid_to
{{ join_as_of('person', 'persons', 'contacts.person_key', 'contacts.happened_at') }}
{{ join_as_of('account', 'accounts', 'coalesce(contacts.account_key, persons.account_key)', 'contacts.happened_at') }}
left join {{ ref('int_journey__contracts') }} as contracts on coalesce(contacts.account_key, persons.account_key) = contracts.account_key
