{{ config(enabled='export_telco' in var('sources')) }}
select
    'export_telco' as source,
    customers.customer_id as source_id,
    customers.contract as segment,
    {{ to_utc('customers._loaded_at') }} as loaded_at,
    customers._is_deleted as is_deleted
from {{ newest(source('export_telco', 'customers'), ['customer_id']) }} as customers
