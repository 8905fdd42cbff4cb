select
    unit_key,
    period_start,
    block_key,
    block_label,
    employees,
    engagement,
    enps,
    engagement_balance,
    cx,
    cx_n,
    cx_before,
    cx_before_n,
    cx_after,
    cx_after_n
from {{ source('analysis', 'link_unit') }}
