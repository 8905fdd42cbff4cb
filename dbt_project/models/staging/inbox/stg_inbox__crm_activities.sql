{{ config(enabled='inbox_crm' in var('sources')) }}
select
    'inbox' as source,
    id as source_id,
    activity_type,
    person_id as person_source_id,
    account_id as account_source_id,
    owner_id as owner_source_id,
    stage,
    amount,
    currency,
    outcome,
    opportunity_id as opportunity_source_id,
    opportunity_type,
    reason,
    competitor,
    {{ to_utc('happened_at') }} as happened_at,
    {{ to_utc('_loaded_at') }} as loaded_at,
    _is_deleted as is_deleted
from {{ newest(source('inbox_crm', 'crm_activities')) }} as crm_activities
