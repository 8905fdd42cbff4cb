{{ config(enabled='inbox_partner' in var('sources')) }}
select
    'inbox' as source,
    id as source_id,
    order_id as order_source_id,
    order_line,
    partner_id as partner_source_id,
    partner_type,
    direction,
    product,
    quantity_ordered,
    quantity_delivered,
    is_quality_ok,
    amount,
    currency,
    {{ to_utc('ordered_at') }} as ordered_at,
    {{ to_utc('promised_at') }} as promised_at,
    {{ to_utc('delivered_at') }} as delivered_at,
    {{ to_utc('disputed_at') }} as disputed_at,
    {{ to_utc('dispute_settled_at') }} as dispute_settled_at,
    {{ to_utc('updated_at') }} as updated_at,
    {{ to_utc('_loaded_at') }} as loaded_at,
    _is_deleted as is_deleted
from {{ newest(source('inbox_partner', 'partner_orders')) }} as partner_orders
