{{ config(enabled='finance' in var('sources')) }}
-- One row an account, month and product, as last corrected. The books know accounts by debtor number, and by their id in the CRM.
select
    'finance' as source,
    debtor_no || ':' || cast(month as {{ dbt.type_string() }}) || ':' || product as source_id,
    debtor_no as account_source_id,
    'salesforce' as external_source,
    crm_account_id as external_id,
    month,
    product,
    currency,
    cast(revenue as {{ dbt.type_float() }}) as revenue,
    cast(recurring_revenue as {{ dbt.type_float() }}) as recurring_revenue,
    cast(expansion as {{ dbt.type_float() }}) as expansion,
    cast(contraction as {{ dbt.type_float() }}) as contraction,
    cast(churned as {{ dbt.type_float() }}) as churned,
    cast(contribution_margin as {{ dbt.type_float() }}) as margin,
    cast(cost_to_serve as {{ dbt.type_float() }}) as cost_to_serve,
    {{ to_utc('booked_at') }} as updated_at,
    {{ to_utc('_loaded_at') }} as loaded_at,
    _is_deleted as is_deleted
from {{ newest(source('finance', 'revenue'), ['debtor_no', 'month', 'product']) }} as revenue_lines
