{{ config(enabled='inbox_crm' in var('sources')) }}
select
    'inbox' as source,
    id as source_id,
    referrer_account_id as referrer_account_source_id,
    referrer_person_id as referrer_person_source_id,
    referred_account_id as referred_account_source_id,
    origin,
    status,
    {{ to_utc('referred_at') }} as referred_at,
    {{ to_utc('converted_at') }} as converted_at,
    {{ to_utc('updated_at') }} as updated_at,
    {{ to_utc('_loaded_at') }} as loaded_at,
    _is_deleted as is_deleted
from {{ newest(source('inbox_crm', 'referrals')) }} as referrals
