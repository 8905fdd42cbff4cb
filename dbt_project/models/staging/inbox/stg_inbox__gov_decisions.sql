{{ config(enabled='inbox_governance' in var('sources')) }}
-- Every version that was supplied: what leaders have said keeps its history.
select
    'inbox' as source,
    id as source_id,
    title_redacted,
    metric,
    chart,
    kpi,
    function,
    owner,
    signal_on,
    decided_on,
    uploaded_by,
    {{ to_utc('updated_at') }} as uploaded_at,
    {{ to_utc('_loaded_at') }} as loaded_at,
    _is_deleted as is_deleted
from {{ newest(source('inbox_governance', 'gov_decisions'), ['id', 'updated_at']) }} as versions
