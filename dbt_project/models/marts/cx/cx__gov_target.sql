{{ config(alias='gov_target') }}
select
    target_sk,
    metric,
    target,
    version,
    valid_from,
    valid_to,
    is_current,
    origin,
    uploaded_by,
    uploaded_at
from {{ ref('gov_target') }}
