{{ config(pre_hook="{{ keep_what_was_read() }}") }}
-- What has changed in frozen periods: each correction as it was published, and those that this build brings.
with logged as (
    select * from {{ source('ops', 'metric_restatement') }}
),

-- periods computed again since the release that stands: nothing else can differ from it
computed as (
    {{ unpublished_slices('int_metrics__judged', 'metric_value') }}
),

-- a definition that is no longer in force has no numbers to restate
in_force as (
    select metric, version
    from {{ ref('int_metrics__definitions') }}
),

published as (
    select
        metric, version, grain, period_start, {{ dimension_list() }},
        cast(0 as bigint) as sequence_number, value, ci_low, ci_high, n
    from {{ source('ops', 'metric_frozen') }}
    union all
    select
        metric, version, grain, period_start, {{ dimension_list() }},
        sequence_number, value_now as value, ci_low_now as ci_low, ci_high_now as ci_high, n_now as n
    from logged
),

ordered as (
    select
        published.*,
        row_number() over (
            partition by published.metric, published.version, published.grain, published.period_start, {{ dimension_list('published.') }}
            order by published.sequence_number desc
        ) as age
    from published
    inner join in_force on published.metric = in_force.metric and published.version = in_force.version
    inner join computed on published.grain = computed.grain and published.period_start = computed.period_start
),

known as (
    select * from ordered
    where age = 1
),

frozen_periods as (
    select distinct metric, version, grain, period_start
    from known
),

present as (
    select shown.*
    from {{ ref('int_metrics__shown') }} as shown
    inner join frozen_periods as frozen
        on shown.metric = frozen.metric
        and shown.version = frozen.version
        and shown.grain = frozen.grain
        and shown.period_start = frozen.period_start
),

compared as (
    select
        {% for column in ['metric', 'version', 'grain', 'period_start'] + metric_dimensions() %}
        coalesce(present.{{ column }}, known.{{ column }}) as {{ column }},
        {% endfor %}
        coalesce(known.sequence_number, 0) + 1 as sequence_number,
        {% for column in ['value', 'ci_low', 'ci_high', 'n'] %}
        known.{{ column }} as {{ column }}_before,
        present.{{ column }} as {{ column }}_now,
        {% endfor %}
        known.metric is null as is_new
    from known
    full outer join present on {{ same_cell('known', 'present') }}
)

select
    metric, version, grain, period_start, {{ dimension_list() }},
    cast(sequence_number as bigint) as sequence_number,
    value_before,
    value_now,
    value_now - value_before as difference,
    ci_low_before,
    ci_low_now,
    ci_high_before,
    ci_high_now,
    n_before,
    n_now,
    -- what publish knows of a correction, it writes
    {{ typed_null('string') }} as restated_because,
    cast({{ to_utc('current_timestamp') }} as {{ dbt.type_timestamp() }}) as restated_at,
    {{ typed_null('string') }} as run_id,
    {{ typed_null('string') }} as release_id
from compared
where is_new or not ({% for column in ['value', 'ci_low', 'ci_high', 'n'] %}{{ same_number(column ~ '_before', column ~ '_now') }}{{ ' and ' if not loop.last }}{% endfor %})
union all
select
    metric, version, grain, period_start, {{ dimension_list() }},
    sequence_number,
    value_before,
    value_now,
    value_now - value_before as difference,
    ci_low_before,
    ci_low_now,
    ci_high_before,
    ci_high_now,
    n_before,
    n_now,
    restated_because,
    restated_at,
    run_id,
    release_id
from logged
