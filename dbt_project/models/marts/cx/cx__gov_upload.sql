{{ config(alias='gov_upload') }}
select
    kind,
    row_id,
    uploaded_at,
    uploaded_by,
    version,
    is_newest,
    is_withdrawn
from {{ ref('gov_upload') }}
