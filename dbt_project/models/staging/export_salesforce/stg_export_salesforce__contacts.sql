{{ config(enabled='export_salesforce' in var('sources')) }}
select
    'export_salesforce' as source,
    contacts.id as source_id,
    contacts.email_token,
    coalesce(contacts.phone_token, contacts.mobile_phone_token) as phone_token,
    contacts.account_id as account_source_id,
    contacts.contact_type_c as role,
    coalesce(contacts.mailing_country_code, contacts.mailing_country) as country,
    {{ to_utc('contacts.created_date') }} as created_at,
    {{ to_utc('contacts.last_modified_date') }} as updated_at,
    {{ to_utc('contacts._loaded_at') }} as loaded_at,
    contacts._is_deleted as is_deleted,
    {{ to_utc('contacts.version_at') }} as version_at,
    contacts.is_newest
from {{ versions(source('export_salesforce', 'contacts')) }} as contacts
