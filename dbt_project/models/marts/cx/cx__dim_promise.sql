{{ config(alias='dim_promise') }}
select
    promise_sk,
    promise_key,
    touchpoint_key,
    promise_redacted,
    owner,
    fact,
    measure,
    kept,
    threshold,
    unit,
    sql_test_id,
    version,
    valid_from,
    valid_to,
    is_current,
    origin,
    uploaded_by,
    uploaded_at
from {{ ref('dim_promise') }}
