{{ config(enabled='intercom' in var('sources')) }}
-- Customers only: the company's own people who write in are employees, whose tokens are of another domain.
select
    'intercom' as source,
    contacts.id as source_id,
    contacts.email_customer_token as email_token,
    contacts.phone_customer_token as phone_token,
    contacts.name_surname_token as surname_token,
    contacts.email_is_role as is_role_address,
    case when contacts.external_id is not null then 'hubspot' end as external_source,
    contacts.external_id,
    {{ json_first('contacts.companies', 'id') }} as account_source_id,
    contacts.contact_role as role,
    contacts.country,
    substr(coalesce(contacts.language_override, contacts.browser_language), 1, 2) as language,
    not contacts.unsubscribed_from_emails as may_be_emailed,
    {{ to_utc('contacts.created_at') }} as created_at,
    {{ to_utc('contacts.updated_at') }} as updated_at,
    {{ to_utc('contacts._loaded_at') }} as loaded_at,
    contacts._is_deleted as is_deleted,
    {{ to_utc('contacts.version_at') }} as version_at,
    contacts.is_newest
from {{ versions(source('intercom', 'contacts')) }} as contacts
where coalesce(contacts.contact_role, 'person') <> 'employee'
