-- Improvement actions, from config/actions.yml and from spreadsheets; an uploaded one takes the place of the file's with the same id.
{% set columns = [
    {'name': 'action_key', 'data_type': 'string'},
    {'name': 'title_redacted', 'data_type': 'string'},
    {'name': 'owner', 'data_type': 'string'},
    {'name': 'functions', 'data_type': 'string'},
    {'name': 'metric', 'data_type': 'string'},
    {'name': 'touchpoint_key', 'data_type': 'string'},
    {'name': 'opened_on', 'data_type': 'date'},
    {'name': 'due_on', 'data_type': 'date'},
    {'name': 'done_on', 'data_type': 'date'},
    {'name': 'baseline', 'data_type': 'float'},
    {'name': 'result', 'data_type': 'float'},
    {'name': 'success_at', 'data_type': 'float'},
    {'name': 'cut_by', 'data_type': 'string'},
    {'name': 'treated', 'data_type': 'string'},
    {'name': 'control', 'data_type': 'string'},
] %}
with stated as (
    select
        rows.action_key,
        rows.title_redacted,
        rows.owner,
        rows.functions,
        rows.metric,
        rows.touchpoint_key,
        rows.opened_on,
        rows.due_on,
        rows.done_on,
        rows.baseline,
        rows.result,
        rows.success_at,
        rows.cut_by,
        rows.treated,
        rows.control,
        cast(rows.opened_on as timestamp) as began,
        {{ from_file() }}
    from (
    {{ setting_rows(var('config').actions, rename={'action_key': 'id', 'title_redacted': 'title', 'touchpoint_key': 'touchpoint'}, columns=columns) }}
    ) as rows
    union all
    select
        source_id as action_key,
        title_redacted,
        owner,
        functions,
        metric,
        touchpoint as touchpoint_key,
        opened_on,
        due_on,
        done_on,
        baseline,
        result,
        success_at,
        cut_by,
        treated,
        control,
        began,
        'upload' as origin,
        uploaded_by,
        uploaded_at
    from {{ uploads('gov_actions', 'opened_on') }} as supplied
)

select
    action_key,
    title_redacted,
    owner,
    functions,
    coalesce(functions like '%,%', false) as is_cross_functional,
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
from (
    select stated.*, row_number() over (partition by action_key order by case origin when 'upload' then 0 else 1 end asc, uploaded_at desc nulls last) as pick
    from stated
) as picked
where pick = 1
