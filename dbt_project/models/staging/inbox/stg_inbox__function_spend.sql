{{ config(enabled='inbox_finance' in var('sources')) }}
select
    'inbox' as source,
    id as source_id,
    function_name,
    category,
    month,
    currency,
    amount,
    headcount,
    {{ to_utc('updated_at') }} as updated_at,
    {{ to_utc('_loaded_at') }} as loaded_at,
    _is_deleted as is_deleted
from {{ newest(source('inbox_finance', 'function_spend')) }} as function_spend
