{{ config(enabled='hubspot' in var('sources')) }}
-- A company is gone when it is in the archive, unless it has changed since, or when another one names it as merged into itself.
with companies as (
    select * from {{ versions(source('hubspot', 'companies')) }} as every_version
),

merged as (
    select distinct merged_id.item as id
    from companies
    {{ split_rows('companies.merged_ids', ';', 'merged_id') }}
    where companies.is_newest and companies.merged_ids is not null
)

select
    'hubspot' as source,
    companies.id as source_id,
    companies.parent_id as parent_source_id,
    companies.name_token,
    companies.tier,
    companies.segment,
    companies.industry,
    coalesce(companies.country_code, companies.country) as country,
    companies.is_strategic,
    companies.contract_start_date,
    companies.contract_end_date,
    cast(companies.annual_revenue as {{ dbt.type_float() }}) as annual_revenue,
    companies.currency,
    {{ to_utc('companies.created_at') }} as created_at,
    {{ to_utc('companies.last_modified_at') }} as updated_at,
    {{ to_utc('greatest(companies._loaded_at, archived._loaded_at)') }} as loaded_at,
    companies._is_deleted or merged.id is not null or coalesce(archived.archived_at >= companies.last_modified_at, false) as is_deleted,
    {{ to_utc('companies.version_at') }} as version_at,
    companies.is_newest
from companies
left join {{ newest(source('hubspot', 'companies_archived')) }} as archived on companies.id = archived.id
left join merged on companies.id = merged.id
