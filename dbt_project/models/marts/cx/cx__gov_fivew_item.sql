{{ config(alias='gov_fivew_item') }}
select
    fivew_item_sk,
    w,
    state,
    answer_redacted,
    evidence_metric,
    target,
    mix,
    owner,
    confidence,
    version,
    valid_from,
    valid_to,
    is_current,
    origin,
    uploaded_by,
    uploaded_at
from {{ ref('gov_fivew_item') }}
