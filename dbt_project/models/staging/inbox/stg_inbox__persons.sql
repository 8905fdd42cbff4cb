{{ config(enabled='inbox_crm' in var('sources')) }}
select
    'inbox' as source,
    id as source_id,
    email_token,
    phone_token,
    name_surname_token as surname_token,
    account_id as account_source_id,
    role,
    country,
    language,
    time_zone,
    is_verified,
    coalesce(is_role_address, email_is_role) as is_role_address,
    may_be_emailed,
    external_source,
    external_id,
    {{ to_utc('created_at') }} as created_at,
    {{ to_utc('updated_at') }} as updated_at,
    {{ to_utc('_loaded_at') }} as loaded_at,
    _is_deleted as is_deleted,
    {{ to_utc('version_at') }} as version_at,
    is_newest
from {{ versions(source('inbox_crm', 'persons')) }} as persons
