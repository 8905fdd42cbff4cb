-- Systems know a product by its code; two records with one code are one product.
select
    source,
    source_id,
    lower(coalesce(code, name, source_id)) as code,
    {{ surrogate_key('product', ['lower(coalesce(code, name, source_id))']) }} as product_key
from {{ ref('input__products') }}
where not coalesce(is_deleted, false)
