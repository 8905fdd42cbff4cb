{{ config(enabled='salesforce' in var('sources')) }}
select
    'salesforce' as source,
    id as source_id,
    referrer_account_id as referrer_account_source_id,
    referrer_contact_id as referrer_person_source_id,
    referred_account_id as referred_account_source_id,
    case origin when 'Unprompted' then 'earned' when 'Bonus programme' then 'bought' end as origin,
    case status when 'Won' then 'won' when 'Closed' then 'lost' else 'open' end as status,
    {{ to_utc('cast(referred_on as ' ~ dbt.type_timestamp() ~ ')') }} as referred_at,
    {{ to_utc('cast(converted_on as ' ~ dbt.type_timestamp() ~ ')') }} as converted_at,
    {{ to_utc('system_modstamp') }} as updated_at,
    {{ to_utc('_loaded_at') }} as loaded_at,
    _is_deleted as is_deleted
from {{ newest(source('salesforce', 'referrals')) }} as referrals
