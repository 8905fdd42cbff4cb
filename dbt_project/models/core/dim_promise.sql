-- What the organisation promises at each point of contact, from config/promises.yml and from spreadsheets.
{% set columns = [
    {'name': 'promise_key', 'data_type': 'string'},
    {'name': 'touchpoint_key', 'data_type': 'string'},
    {'name': 'promise_redacted', 'data_type': 'string'},
    {'name': 'owner', 'data_type': 'string'},
    {'name': 'fact', 'data_type': 'string'},
    {'name': 'measure', 'data_type': 'string'},
    {'name': 'kept', 'data_type': 'string'},
    {'name': 'threshold', 'data_type': 'float'},
    {'name': 'unit', 'data_type': 'string'},
    {'name': 'stated_from', 'data_type': 'date'},
] %}
with stated as (
    select
        rows.promise_key,
        rows.touchpoint_key,
        rows.promise_redacted,
        rows.owner,
        rows.fact,
        rows.measure,
        rows.kept,
        rows.threshold,
        rows.unit,
        rows.stated_from,
        cast(rows.stated_from as timestamp) as began,
        {{ from_file() }}
    from (
    {{ setting_rows(var('config').promises, rename={'promise_key': 'id', 'touchpoint_key': 'touchpoint', 'promise_redacted': 'text', 'threshold': 'than', 'stated_from': 'valid_from'}, columns=columns) }}
    ) as rows
    union all
    select
        source_id as promise_key,
        touchpoint as touchpoint_key,
        text_redacted as promise_redacted,
        owner,
        fact,
        measure,
        kept,
        than as threshold,
        unit,
        valid_from as stated_from,
        began,
        'upload' as origin,
        uploaded_by,
        uploaded_at
    from {{ uploads('gov_promises', 'valid_from') }} as supplied
)

select
    promise_key || ':' || cast(version as {{ dbt.type_string() }}) as promise_sk,
    promise_key,
    touchpoint_key,
    promise_redacted,
    owner,
    fact,
    measure,
    kept,
    threshold,
    unit,
    fact || '.' || measure || '.' || kept as sql_test_id,
    version,
    valid_from,
    valid_to,
    valid_to = cast('9999-12-31' as timestamp) as is_current,
    origin,
    uploaded_by,
    uploaded_at
from ({{ stated_versions(['promise_key']) }}) as versioned
