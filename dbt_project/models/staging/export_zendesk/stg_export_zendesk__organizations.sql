{{ config(enabled='export_zendesk' in var('sources')) }}
select
    'export_zendesk' as source,
    cast(organizations.id as {{ dbt.type_string() }}) as source_id,
    organizations.name_token,
    {{ to_utc('organizations.created_at') }} as created_at,
    {{ to_utc('organizations.updated_at') }} as updated_at,
    {{ to_utc('organizations._loaded_at') }} as loaded_at,
    organizations._is_deleted as is_deleted,
    {{ to_utc('organizations.version_at') }} as version_at,
    organizations.is_newest
from {{ versions(source('export_zendesk', 'organizations')) }} as organizations
