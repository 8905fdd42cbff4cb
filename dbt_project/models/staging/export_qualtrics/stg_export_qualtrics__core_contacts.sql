{{ config(enabled='export_qualtrics' in var('sources')) }}
-- People of mailing lists older than the directory; they have ids of their own.
select
    'export_qualtrics' as source,
    'core:' || contacts.id as source_id,
    contacts.email_token,
    lower(contacts.language) as language,
    {{ to_utc('contacts.fivetran_synced') }} as updated_at,
    {{ to_utc('contacts._loaded_at') }} as loaded_at,
    contacts._is_deleted as is_deleted
from {{ newest(source('export_qualtrics', 'core_contacts')) }} as contacts
