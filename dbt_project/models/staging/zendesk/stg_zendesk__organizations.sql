{{ config(
    enabled='zendesk' in var('sources'),
    meta={'delta': {'key': ['id'], 'ids': "cast(id as text)", 'touched_by': {'zendesk.organizations': ['id']}}}
) }}
select
    'zendesk' as source,
    cast(organizations.id as {{ dbt.type_string() }}) as source_id,
    case when organizations.external_id is not null then 'salesforce' end as external_source,
    organizations.external_id,
    organizations.name_token,
    organizations.tier,
    organizations.segment,
    organizations.industry,
    organizations.country,
    organizations.is_strategic,
    {{ to_utc('organizations.created_at') }} as created_at,
    {{ to_utc('organizations.updated_at') }} as updated_at,
    {{ to_utc('organizations._loaded_at') }} as loaded_at,
    organizations._is_deleted as is_deleted,
    {{ to_utc('organizations.version_at') }} as version_at,
    organizations.is_newest
from {{ versions(source('zendesk', 'organizations')) }} as organizations
