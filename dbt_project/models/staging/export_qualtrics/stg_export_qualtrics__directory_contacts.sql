{{ config(enabled='export_qualtrics' in var('sources')) }}
select
    'export_qualtrics' as source,
    contacts.id as source_id,
    contacts.email_token,
    contacts.phone_token,
    lower(contacts.language) as language,
    {{ to_utc('contacts.creation_date') }} as created_at,
    {{ to_utc('contacts.last_modified') }} as updated_at,
    {{ to_utc('contacts._loaded_at') }} as loaded_at,
    contacts._is_deleted as is_deleted
from {{ newest(source('export_qualtrics', 'directory_contacts'), ['directory_id', 'id']) }} as contacts
