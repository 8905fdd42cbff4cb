{{ config(
    enabled='salesforce' in var('sources'),
    meta={'delta': {'key': ['id'], 'ids': "id", 'touched_by': {'salesforce.contacts': ['id']}}}
) }}
select
    'salesforce' as source,
    contacts.id as source_id,
    contacts.email_token,
    coalesce(contacts.mobile_phone_token, contacts.phone_token) as phone_token,
    contacts.last_name_surname_token as surname_token,
    contacts.email_is_role as is_role_address,
    contacts.account_id as account_source_id,
    coalesce(contacts.role, 'customer') as role,
    coalesce(contacts.mailing_country_code, contacts.mailing_country) as country,
    contacts.language,
    {{ to_utc('contacts.created_at') }} as created_at,
    {{ to_utc('contacts.system_modstamp') }} as updated_at,
    {{ to_utc('contacts._loaded_at') }} as loaded_at,
    contacts._is_deleted as is_deleted,
    {{ to_utc('contacts.version_at') }} as version_at,
    contacts.is_newest
from {{ versions(source('salesforce', 'contacts')) }} as contacts
