{{ config(enabled='inbox_finance' in var('sources')) }}
select
    'inbox' as source,
    id as source_id,
    account_id as account_source_id,
    external_source,
    external_id,
    month,
    product,
    currency,
    revenue,
    recurring_revenue,
    expansion,
    contraction,
    churned,
    margin,
    cost_to_serve,
    {{ to_utc('updated_at') }} as updated_at,
    {{ to_utc('_loaded_at') }} as loaded_at,
    _is_deleted as is_deleted
from {{ newest(source('inbox_finance', 'account_revenue')) }} as account_revenue
