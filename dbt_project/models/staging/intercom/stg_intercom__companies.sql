{{ config(enabled='intercom' in var('sources')) }}
select
    'intercom' as source,
    companies.id as source_id,
    case when companies.external_id is not null then 'hubspot' end as external_source,
    companies.external_id,
    companies.name_token,
    coalesce(companies.tier, companies.plan) as tier,
    companies.segment,
    companies.industry,
    companies.country,
    companies.is_strategic,
    {{ to_utc('companies.created_at') }} as created_at,
    {{ to_utc('companies.updated_at') }} as updated_at,
    {{ to_utc('companies._loaded_at') }} as loaded_at,
    companies._is_deleted as is_deleted,
    {{ to_utc('companies.version_at') }} as version_at,
    companies.is_newest
from {{ versions(source('intercom', 'companies')) }} as companies
