{{ config(enabled='inbox_crm' in var('sources')) }}
select
    'inbox' as source,
    id as source_id,
    code,
    name,
    family,
    unit,
    is_active,
    {{ to_utc('updated_at') }} as updated_at,
    {{ to_utc('_loaded_at') }} as loaded_at,
    _is_deleted as is_deleted
from {{ newest(source('inbox_crm', 'products')) }} as products
