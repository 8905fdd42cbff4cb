{{ config(enabled='export_hubspot' in var('sources')) }}
select
    'export_hubspot' as source,
    companies.id as source_id,
    companies.property_name_token as name_token,
    companies.property_industry as industry,
    companies.property_country as country,
    cast(companies.property_annualrevenue as {{ dbt.type_float() }}) as annual_revenue,
    {{ to_utc('companies.property_createdate') }} as created_at,
    {{ to_utc('companies.fivetran_synced') }} as updated_at,
    {{ to_utc('companies._loaded_at') }} as loaded_at,
    companies._is_deleted as is_deleted
from {{ newest(source('export_hubspot', 'companies')) }} as companies
