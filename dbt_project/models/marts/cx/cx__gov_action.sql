{{ config(alias='gov_action') }}
select
    action_key,
    title_redacted,
    owner,
    functions,
    is_cross_functional,
    metric,
    touchpoint_key,
    opened_on,
    due_on,
    done_on,
    baseline,
    result,
    success_at,
    cut_by,
    treated,
    control,
    origin,
    uploaded_by,
    uploaded_at
from {{ ref('gov_action') }}
