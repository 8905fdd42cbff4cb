{{ config(
    materialized='incremental',
    incremental_strategy='sliced',
    on_schema_change='fail',
    meta={'slice': ['metric', 'day']},
    pre_hook="{{ recompute([changed_case_days(['wilson', 'nps_adjusted_wald', 'mean', 'count', 'ratio'])]) }}"
) }}
-- depends_on: {{ ref('int_metrics__case_days') }}, {{ ref('int_metrics__definitions') }}
-- Additive parts of every metric by day: in full detail (`cut` is 'detail': what people filter), and in every cut of the metric's lattice
-- (what periods are summed from). One pass over each kind of case makes all of it, for all metrics that count it.
{% set groups = metric_groups(metrics_by(['wilson', 'nps_adjusted_wald', 'mean', 'count', 'ratio']), ['cases', 'day']) %}
with
{% if is_incremental() %}
dirty as ({{ dirty_slices() }}),

{% endif %}
{% for metrics in groups %}
counted_{{ loop.index }} as (
    select
        {{ metrics[0].day }} as day,
        {{ cell_columns(metrics, metric_dimensions()) }},
        {% for metric in metrics %}
        count(case when {{ could_count(metric) }} then 1 end) as {{ metric.metric }}_cases{{ ',' }}
        {% set last = loop.last %}
        {% for part, expression in parts_of(metric).items() %}
        {{ expression }} as {{ metric.metric }}_{{ part }}{{ ',' if not (last and loop.last) }}
        {% endfor %}
        {% endfor %}
    from {{ ref('int_cases__' ~ metrics[0].cases) }}
    where {{ metrics[0].day }} is not null
    {% if is_incremental() %}
    and {{ metrics[0].day }} in (select day from dirty where metric = '{{ metrics[0].metric }}')
    {% endif %}
    {{ group_by_cuts(metrics, [metrics[0].day], [[metrics[0].day] + metric_dimensions()]) }}
),

{% endfor %}
gathered as (
    {% for metrics in groups %}
    {% set group = loop.index %}
    {% for metric in metrics %}
    {% set parts = parts_of(metric) %}
    select
        '{{ metric.metric }}' as metric,
        cast({{ metric.version }} as bigint) as version,
        cut,
        day,
        {{ dimension_list() }},
        {% for part in count_parts() %}
        cast({{ metric.metric ~ '_' ~ part if part in parts else 'null' }} as bigint) as {{ part }},
        {% endfor %}
        {% for part in sum_parts() %}
        cast({{ metric.metric ~ '_' ~ part if part in parts else 'null' }} as {{ dbt.type_float() }}) as {{ part }}{{ ',' if not loop.last }}
        {% endfor %}
    from counted_{{ group }}
    where {{ metric.metric }}_cases > 0 and cut in ('{{ cut_name(metric_dimensions()) }}', {{ cut_literals(metric) }})
    union all
    {% endfor %}
    {% endfor %}
    select
        {% for column in model.columns.values() %}
        {{ typed_null(column.data_type) }} as {{ column.name }}{{ ',' if not loop.last }}
        {% endfor %}
    where 1 = 0
)

select
    metric,
    version,
    case when cut = '{{ cut_name(metric_dimensions()) }}' then 'detail' else cut end as cut,
    day,
    {{ dimension_list() }},
    {{ count_parts() | join(', ') }},
    {{ sum_parts() | join(', ') }}
from gathered
