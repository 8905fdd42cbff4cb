{{ config(enabled='finance' in var('sources')) }}
-- One row a function, category and month.
select
    'finance' as source,
    function || ':' || category || ':' || cast(month as {{ dbt.type_string() }}) as source_id,
    lower(function) as function_name,
    category,
    month,
    currency,
    cast(amount as {{ dbt.type_float() }}) as amount,
    headcount,
    {{ to_utc('booked_at') }} as updated_at,
    {{ to_utc('_loaded_at') }} as loaded_at,
    _is_deleted as is_deleted
from {{ newest(source('finance', 'spend'), ['function', 'category', 'month']) }} as spend_lines
