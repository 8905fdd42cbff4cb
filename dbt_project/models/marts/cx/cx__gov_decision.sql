{{ config(alias='gov_decision') }}
select
    decision_key,
    title_redacted,
    metric,
    chart,
    kpi,
    function_name,
    owner,
    signal_on,
    decided_on,
    days_to_decide,
    origin,
    uploaded_by,
    uploaded_at
from {{ ref('gov_decision') }}
