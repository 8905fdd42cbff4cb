{{ config(alias='dim_product') }}
select
    product_key,
    product,
    name,
    family,
    unit,
    is_active,
    records,
    updated_at
from {{ ref('dim_product') }}
