-- One line of an order: what customers and resellers order of the company (sell), and what it orders of suppliers (buy).
with lines as (
    select
        orders.source,
        orders.source_id,
        orders.order_source_id,
        'sell' as direction,
        'customer' as role,
        cast(null as {{ dbt.type_string() }}) as partner_key,
        'all' as partner_type,
        coalesce(own.account_key, other.account_key) as account_key,
        persons.person_key,
        orders.product,
        orders.quantity_ordered,
        orders.quantity_delivered,
        orders.quantity_returned,
        orders.is_quality_ok,
        orders.return_reason,
        orders.amount,
        orders.currency,
        orders.ordered_at,
        orders.promised_at,
        orders.delivered_at,
        orders.returned_at,
        cast(null as timestamp) as disputed_at,
        cast(null as timestamp) as dispute_settled_at,
        orders.loaded_at
    from {{ ref('input__order_lines') }} as orders
    left join {{ ref('int_identity__account_keys') }} as own
        on orders.source = own.source and orders.account_source_id = own.source_id
    left join {{ ref('int_identity__account_keys') }} as other
        on orders.external_source = other.source and orders.external_id = other.source_id
    left join {{ ref('int_identity__person_keys') }} as persons
        on orders.source = persons.source and orders.person_source_id = persons.source_id
    where not coalesce(orders.is_deleted, false)
    union all
    select
        source,
        source_id,
        order_source_id,
        direction,
        case direction when 'buy' then 'supplier' else 'partner' end as role,
        {{ surrogate_key('partner', ['source', 'partner_source_id']) }} as partner_key,
        coalesce(partner_type, 'unknown') as partner_type,
        cast(null as {{ dbt.type_string() }}) as account_key,
        cast(null as {{ dbt.type_string() }}) as person_key,
        product,
        quantity_ordered,
        quantity_delivered,
        cast(null as {{ dbt.type_float() }}) as quantity_returned,
        is_quality_ok,
        cast(null as {{ dbt.type_string() }}) as return_reason,
        amount,
        currency,
        ordered_at,
        promised_at,
        delivered_at,
        cast(null as timestamp) as returned_at,
        disputed_at,
        dispute_settled_at,
        loaded_at
    from {{ ref('input__partner_orders') }}
    where not coalesce(is_deleted, false)
),

judged as (
    select
        lines.*,
        lines.promised_at is not null and (lines.promised_at < clock.as_of_at or lines.delivered_at is not null) as is_due,
        coalesce(lines.delivered_at <= lines.promised_at, false) as is_on_time,
        coalesce(lines.quantity_delivered >= lines.quantity_ordered, false) and coalesce(lines.is_quality_ok, true) as is_in_full
    from lines
    cross join {{ ref('int_value__clock') }} as clock
    where lines.ordered_at is not null
)

select
    {{ surrogate_key('order_line', ['judged.source', 'judged.source_id']) }} as order_line_key,
    judged.source,
    judged.source_id,
    {{ surrogate_key('order', ['judged.source', 'judged.order_source_id']) }} as order_key,
    judged.direction,
    judged.role,
    judged.partner_key,
    judged.partner_type,
    judged.account_key,
    judged.person_key,
    {{ surrogate_key('product', ['lower(judged.product)']) }} as product_key,
    coalesce(lower(judged.product), 'unknown') as product,
    judged.quantity_ordered,
    judged.quantity_delivered,
    coalesce(judged.quantity_returned, 0) as quantity_returned,
    judged.is_quality_ok,
    coalesce(judged.return_reason, 'unknown') as return_reason,
    {{ in_reporting_currency('judged.amount', 'rates.rate') }} as amount,
    judged.ordered_at,
    judged.promised_at,
    judged.delivered_at,
    judged.returned_at,
    judged.disputed_at,
    judged.dispute_settled_at,
    {% for name in ['ordered', 'promised', 'delivered', 'disputed'] %}
    cast({{ business_day('judged.' ~ name ~ '_at') }} as date) as {{ name }}_day,
    {% endfor %}
    judged.is_due,
    judged.is_on_time,
    judged.is_in_full,
    judged.is_on_time and judged.is_in_full as is_otif,
    {{ minutes_between('judged.disputed_at', 'judged.dispute_settled_at') }} as dispute_minutes,
    judged.dispute_settled_at is not null as is_dispute_settled,
    coalesce(accounts.country, 'unknown') as country,
    coalesce(accounts.segment, 'unknown') as segment,
    coalesce(accounts.industry, 'unknown') as industry,
    coalesce(accounts.strategic, 'unknown') as strategic,
    judged.loaded_at
from judged
{{ join_rate('rates', 'judged.currency', 'judged.ordered_at') }}
{{ join_as_of('account', 'accounts', 'judged.account_key', 'judged.ordered_at') }}
