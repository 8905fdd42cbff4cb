{{ config(enabled='export_salesforce' in var('sources')) }}
select
    'export_salesforce' as source,
    accounts.id as source_id,
    accounts.parent_id as parent_source_id,
    accounts.name_token,
    accounts.type as segment,
    accounts.industry,
    coalesce(accounts.billing_country_code, accounts.billing_country) as country,
    cast(accounts.annual_revenue as {{ dbt.type_float() }}) as annual_revenue,
    {{ to_utc('accounts.fivetran_synced') }} as updated_at,
    {{ to_utc('accounts._loaded_at') }} as loaded_at,
    accounts._is_deleted as is_deleted,
    {{ to_utc('accounts.version_at') }} as version_at,
    accounts.is_newest
from {{ versions(source('export_salesforce', 'accounts')) }} as accounts
