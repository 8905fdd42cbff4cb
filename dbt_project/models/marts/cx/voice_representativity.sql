select
    period_start,
    survey,
    fields,
    asked,
    answered,
    answered / nullif(cast(asked as {{ dbt.type_float() }}), 0) as answer_rate,
    r_unadjusted,
    r,
    r_low,
    r_high,
    refused_reason
from {{ source('analysis', 'representativity') }}
where asked >= 5
