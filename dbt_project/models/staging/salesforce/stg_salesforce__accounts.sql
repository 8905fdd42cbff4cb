{{ config(
    enabled='salesforce' in var('sources'),
    meta={'delta': {'key': ['id'], 'ids': "id", 'touched_by': {'salesforce.accounts': ['id']}}}
) }}
select
    'salesforce' as source,
    accounts.id as source_id,
    accounts.parent_id as parent_source_id,
    accounts.name_token,
    accounts.tier,
    accounts.segment,
    accounts.industry,
    coalesce(accounts.billing_country_code, accounts.billing_country) as country,
    accounts.is_strategic,
    accounts.contract_start_date,
    accounts.contract_end_date,
    accounts.auto_renews,
    accounts.is_export_available,
    cast(accounts.switching_fee as {{ dbt.type_float() }}) as switching_fee,
    accounts.notice_days,
    accounts.acquisition_reason,
    cast(accounts.annual_revenue as {{ dbt.type_float() }}) as annual_revenue,
    accounts.currency_iso_code as currency,
    {{ to_utc('accounts.created_at') }} as created_at,
    {{ to_utc('accounts.system_modstamp') }} as updated_at,
    {{ to_utc('accounts._loaded_at') }} as loaded_at,
    accounts._is_deleted as is_deleted,
    {{ to_utc('accounts.version_at') }} as version_at,
    accounts.is_newest
from {{ versions(source('salesforce', 'accounts')) }} as accounts
