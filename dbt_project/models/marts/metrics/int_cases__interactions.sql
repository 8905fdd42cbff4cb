-- Contacts with their place in the journey and their account as it was then.
select
    contacts.interaction_key,
    contacts.happened_day,
    contacts.country,
    contacts.segment,
    contacts.industry,
    contacts.strategic,
    coalesce({{ channel_of('contacts.channel') }}, 'unknown') as channel,
    {{ all_of(['queue', 'survey']) }},
    contacts.touchpoint_key as touchpoint,
    contacts.stage,
    contacts.role,
    {{ all_of(['reason']) }},
    contacts.mode as item,
    contacts.person_key,
    contacts.account_key,
    contacts.mode,
    contacts.object_level,
    contacts.direction,
    contacts.touchpoint_key <> 'unmapped' as is_mapped,
    contacts.is_pre_contract
from {{ ref('fct_interaction') }} as contacts
