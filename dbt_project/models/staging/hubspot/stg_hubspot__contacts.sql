{{ config(enabled='hubspot' in var('sources')) }}
-- A contact is gone when it is in the archive, unless it has changed since, or when another one names it as merged into itself.
with contacts as (
    select * from {{ versions(source('hubspot', 'contacts')) }} as every_version
),

merged as (
    select distinct merged_id.item as id
    from contacts
    {{ split_rows('contacts.merged_ids', ';', 'merged_id') }}
    where contacts.is_newest and contacts.merged_ids is not null
)

select
    'hubspot' as source,
    contacts.id as source_id,
    contacts.email_token,
    coalesce(contacts.mobilephone_token, contacts.phone_token) as phone_token,
    contacts.lastname_surname_token as surname_token,
    contacts.email_is_role as is_role_address,
    contacts.company_id as account_source_id,
    coalesce(contacts.contact_role, case when contacts.lifecycle_stage = 'customer' then 'customer' else 'prospect' end) as role,
    coalesce(contacts.country_code, contacts.country) as country,
    contacts.language,
    not contacts.is_opted_out as may_be_emailed,
    {{ to_utc('contacts.created_at') }} as created_at,
    {{ to_utc('contacts.last_modified_at') }} as updated_at,
    {{ to_utc('greatest(contacts._loaded_at, archived._loaded_at)') }} as loaded_at,
    contacts._is_deleted or merged.id is not null or coalesce(archived.archived_at >= contacts.last_modified_at, false) as is_deleted,
    {{ to_utc('contacts.version_at') }} as version_at,
    contacts.is_newest
from contacts
left join {{ newest(source('hubspot', 'contacts_archived')) }} as archived on contacts.id = archived.id
left join merged on contacts.id = merged.id
