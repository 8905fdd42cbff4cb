-- Answers to the five questions, from config/fivew.yml and from spreadsheets.
{% set columns = [
    {'name': 'w', 'data_type': 'string'},
    {'name': 'state', 'data_type': 'string'},
    {'name': 'answer_redacted', 'data_type': 'string'},
    {'name': 'evidence_metric', 'data_type': 'string'},
    {'name': 'target', 'data_type': 'float'},
    {'name': 'mix', 'data_type': 'string'},
    {'name': 'owner', 'data_type': 'string'},
    {'name': 'confidence', 'data_type': 'string'},
    {'name': 'stated_from', 'data_type': 'date'},
] %}
with stated as (
    select
        rows.w,
        rows.state,
        rows.answer_redacted,
        rows.evidence_metric,
        rows.target,
        rows.mix,
        rows.owner,
        rows.confidence,
        rows.stated_from,
        cast(rows.stated_from as timestamp) as began,
        {{ from_file() }}
    from (
    {{ setting_rows(var('config').fivew, rename={'stated_from': 'answered_on', 'answer_redacted': 'answer'}, columns=columns) }}
    ) as rows
    union all
    select
        w,
        state,
        answer_redacted,
        evidence_metric,
        target,
        mix,
        owner,
        confidence,
        valid_from as stated_from,
        began,
        'upload' as origin,
        uploaded_by,
        uploaded_at
    from {{ uploads('gov_fivew_items', 'valid_from') }} as supplied
)

select
    w || ':' || state || ':' || cast(version as {{ dbt.type_string() }}) as fivew_item_sk,
    w,
    state,
    answer_redacted,
    evidence_metric,
    target,
    mix,
    owner,
    confidence,
    version,
    began as valid_from,
    valid_to,
    valid_to = cast('9999-12-31' as timestamp) as is_current,
    origin,
    uploaded_by,
    uploaded_at
from ({{ stated_versions(['w', 'state']) }}) as versioned
