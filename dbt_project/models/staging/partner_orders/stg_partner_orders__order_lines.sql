{{ config(enabled='partner_orders' in var('sources')) }}
-- One row a line of an order.
select
    'partner_orders' as source,
    order_no || ':' || cast(line_no as {{ dbt.type_string() }}) as source_id,
    order_no as order_source_id,
    line_no as order_line,
    partner_no as partner_source_id,
    partner_type,
    direction,
    item as product,
    quantity_ordered,
    quantity_delivered,
    is_quality_ok,
    cast(net_amount as {{ dbt.type_float() }}) as amount,
    currency,
    {{ to_utc('ordered_at') }} as ordered_at,
    {{ to_utc('promised_at') }} as promised_at,
    {{ to_utc('delivered_at') }} as delivered_at,
    {{ to_utc('disputed_at') }} as disputed_at,
    {{ to_utc('dispute_settled_at') }} as dispute_settled_at,
    {{ to_utc('changed_at') }} as updated_at,
    {{ to_utc('_loaded_at') }} as loaded_at,
    _is_deleted as is_deleted
from {{ newest(source('partner_orders', 'order_lines'), ['order_no', 'line_no']) }} as order_lines
