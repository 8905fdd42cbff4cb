{{ config(enabled='salesforce' in var('sources')) }}
select
    'salesforce' as source,
    id as source_id,
    lower(product_code) as code,
    name,
    lower(family) as family,
    quantity_unit_of_measure as unit,
    is_active,
    {{ to_utc('system_modstamp') }} as updated_at,
    {{ to_utc('_loaded_at') }} as loaded_at,
    _is_deleted as is_deleted
from {{ newest(source('salesforce', 'products')) }} as products
