-- Every product that anything is sold, bought or booked under; what no product list describes has its code alone.
with codes as (
    select code from {{ ref('int_value__product_keys') }}
    union
    select product as code from {{ ref('int_value__revenue_lines') }}
    union
    select lower(product) as code from {{ ref('input__order_lines') }}
    union
    select lower(product) as code from {{ ref('input__partner_orders') }}
),

described as (
    select
        keys.code,
        max(products.name) as name,
        max(products.family) as family,
        max(products.unit) as unit,
        max(case when products.is_active then 1 when not products.is_active then 0 end) as is_active,
        count(*) as records,
        max(products.updated_at) as updated_at
    from {{ ref('int_value__product_keys') }} as keys
    inner join {{ ref('input__products') }} as products
        on keys.source = products.source and keys.source_id = products.source_id
    group by keys.code
)

select
    {{ surrogate_key('product', ['codes.code']) }} as product_key,
    codes.code as product,
    coalesce(described.name, codes.code) as name,
    coalesce(described.family, 'unknown') as family,
    described.unit,
    described.is_active = 1 as is_active,
    cast(coalesce(described.records, 0) as bigint) as records,
    described.updated_at
from codes
left join described on codes.code = described.code
where codes.code is not null
