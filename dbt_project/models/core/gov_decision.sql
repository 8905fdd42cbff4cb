-- Decisions, from config/decisions.yml and from spreadsheets; an uploaded one takes the place of the file's with the same id.
{% set columns = [
    {'name': 'decision_key', 'data_type': 'string'},
    {'name': 'title_redacted', 'data_type': 'string'},
    {'name': 'metric', 'data_type': 'string'},
    {'name': 'chart', 'data_type': 'string'},
    {'name': 'kpi', 'data_type': 'string'},
    {'name': 'function_name', 'data_type': 'string'},
    {'name': 'owner', 'data_type': 'string'},
    {'name': 'signal_on', 'data_type': 'date'},
    {'name': 'decided_on', 'data_type': 'date'},
] %}
with stated as (
    select
        rows.decision_key,
        rows.title_redacted,
        rows.metric,
        rows.chart,
        rows.kpi,
        rows.function_name,
        rows.owner,
        rows.signal_on,
        rows.decided_on,
        cast(rows.decided_on as timestamp) as began,
        {{ from_file() }}
    from (
    {{ setting_rows(var('config').decisions, rename={'decision_key': 'id', 'title_redacted': 'title', 'function_name': 'function'}, columns=columns) }}
    ) as rows
    union all
    select
        source_id as decision_key,
        title_redacted,
        metric,
        chart,
        kpi,
        function as function_name,
        owner,
        signal_on,
        decided_on,
        began,
        'upload' as origin,
        uploaded_by,
        uploaded_at
    from {{ uploads('gov_decisions', 'decided_on') }} as supplied
)

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
    cast({{ dbt.datediff('signal_on', 'decided_on', 'day') }} as {{ dbt.type_float() }}) as days_to_decide,
    origin,
    uploaded_by,
    uploaded_at
from (
    select stated.*, row_number() over (partition by decision_key order by case origin when 'upload' then 0 else 1 end asc, uploaded_at desc nulls last) as pick
    from stated
) as picked
where pick = 1
