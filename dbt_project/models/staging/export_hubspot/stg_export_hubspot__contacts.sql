{{ config(enabled='export_hubspot' in var('sources')) }}
select
    'export_hubspot' as source,
    contacts.id as source_id,
    contacts.property_email_token as email_token,
    {{ to_utc('contacts.property_createdate') }} as created_at,
    {{ to_utc('contacts.fivetran_synced') }} as updated_at,
    {{ to_utc('contacts._loaded_at') }} as loaded_at,
    contacts._is_deleted as is_deleted
from {{ newest(source('export_hubspot', 'contacts')) }} as contacts
