select
    order_line_key,
    promised_day,
    delivered_day,
    country,
    segment,
    industry,
    strategic,
    {{ all_of(['channel', 'queue', 'survey', 'touchpoint', 'stage', 'role', 'reason']) }},
    product as item,
    account_key,
    is_due,
    is_otif,
    quantity_returned > 0 as is_returned,
    is_quality_ok is not null as is_quality_known,
    cast(case when is_quality_ok then 0 when not is_quality_ok then 1000 end as {{ dbt.type_float() }}) as defects_per_1000,
    cast(1 as bigint) as line
from {{ ref('fct_order_line') }}
where role = 'customer'
