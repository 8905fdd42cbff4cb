{{ config(alias='fct_interaction') }}
select
    contacts.interaction_key,
    contacts.source,
    contacts.interaction_type,
    contacts.direction,
    contacts.touchpoint_key,
    contacts.stage,
    contacts.mode,
    contacts.object_level,
    contacts.role,
    contacts.provenance,
    contacts.person_key,
    contacts.account_key,
    contacts.country,
    contacts.segment,
    contacts.industry,
    contacts.strategic,
    contacts.channel,
    contacts.happened_at,
    contacts.happened_day,
    contacts.local_hour_of_week,
    contacts.happened_day < contracts.first_contract_on as is_pre_contract
from {{ ref('fct_interaction') }} as contacts
left join {{ ref('int_journey__contracts') }} as contracts on contacts.account_key = contracts.account_key
