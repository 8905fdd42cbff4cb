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
    coalesce(not is_quality_ok, false) as is_faulty
from {{ ref('fct_order_line') }}
where role = 'customer'
