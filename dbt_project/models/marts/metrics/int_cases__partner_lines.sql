select
    order_line_key,
    promised_day,
    disputed_day,
    {{ all_of(['country', 'segment', 'industry', 'strategic', 'channel', 'queue', 'survey', 'touchpoint', 'stage']) }},
    role,
    {{ all_of(['reason']) }},
    partner_type as item,
    partner_key,
    is_due,
    is_otif,
    disputed_at,
    disputed_at is not null as is_disputed,
    dispute_minutes / 1440 as dispute_days,
    is_dispute_settled
from {{ ref('fct_order_line') }}
where role <> 'customer'
