-- What the organisation aims at, from config/targets.yml and from spreadsheets.
{% set columns = [
    {'name': 'metric', 'data_type': 'string'},
    {'name': 'target', 'data_type': 'float'},
    {'name': 'stated_from', 'data_type': 'date'},
] %}
with stated as (
    select
        rows.metric,
        rows.target,
        rows.stated_from,
        cast(rows.stated_from as timestamp) as began,
        {{ from_file() }}
    from (
    {{ setting_rows(var('config').target_versions, rename={'target': 'value', 'stated_from': 'valid_from'}, columns=columns) }}
    ) as rows
    union all
    select
        metric,
        value as target,
        valid_from as stated_from,
        began,
        'upload' as origin,
        uploaded_by,
        uploaded_at
    from {{ uploads('gov_targets', 'valid_from') }} as supplied
)

select
    metric || ':' || cast(version as {{ dbt.type_string() }}) as target_sk,
    metric,
    target,
    version,
    valid_from,
    valid_to,
    valid_to = cast('9999-12-31' as timestamp) as is_current,
    origin,
    uploaded_by,
    uploaded_at
from ({{ stated_versions(['metric']) }}) as versioned
