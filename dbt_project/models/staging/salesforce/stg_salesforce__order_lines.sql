{{ config(enabled='salesforce' in var('sources')) }}
-- One row a line as it was ordered; what a reduction order took back of it stands in the same row.
with returns as (
    select
        original_order_item_id,
        -sum(quantity) as quantity_returned,
        max(return_reason) as return_reason,
        min(created_at) as returned_at,
        max(_loaded_at) as loaded_at
    from {{ newest(source('salesforce', 'order_lines')) }} as reductions
    where original_order_item_id is not null and not _is_deleted
    group by original_order_item_id
)

select
    'salesforce' as source,
    lines.id as source_id,
    lines.order_id as order_source_id,
    orders.account_id as account_source_id,
    orders.bill_to_contact_id as person_source_id,
    coalesce(lower(products.product_code), products.name) as product,
    lines.quantity as quantity_ordered,
    lines.quantity_delivered,
    returns.quantity_returned,
    lines.is_quality_ok,
    returns.return_reason,
    cast(lines.total_price as {{ dbt.type_float() }}) as amount,
    lines.currency_iso_code as currency,
    {{ to_utc('coalesce(orders.activated_at, orders.created_at)') }} as ordered_at,
    {{ dbt.dateadd('second', 86399, 'cast(lines.promised_on as ' ~ dbt.type_timestamp() ~ ')') }} as promised_at,
    {{ to_utc('lines.delivered_at') }} as delivered_at,
    {{ to_utc('returns.returned_at') }} as returned_at,
    {{ to_utc('lines.system_modstamp') }} as updated_at,
    {{ to_utc('greatest(lines._loaded_at, orders._loaded_at, returns.loaded_at)') }} as loaded_at,
    lines._is_deleted or orders._is_deleted as is_deleted
from {{ newest(source('salesforce', 'order_lines')) }} as lines
inner join {{ newest(source('salesforce', 'orders')) }} as orders on lines.order_id = orders.id
left join {{ newest(source('salesforce', 'products')) }} as products on lines.product2_id = products.id
left join returns on lines.id = returns.original_order_item_id
where lines.original_order_item_id is null and orders.status_code <> 'Draft'
