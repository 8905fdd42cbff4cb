{{ config(
    materialized='incremental',
    incremental_strategy='sliced',
    on_schema_change='fail',
    meta={'slice': ['metric', 'grain', 'period_start']},
    pre_hook="{{ recompute([changed_case_periods(['wilson', 'nps_adjusted_wald', 'mean', 'ratio'])]) }}"
) }}
-- depends_on: {{ ref('int_metrics__case_days') }}, {{ ref('int_metrics__definitions') }}
-- The design effect of every cell whose metric says that several cases come from one account.
{% set clustered = [] %}
{% for metric in metrics_by(['wilson', 'nps_adjusted_wald', 'mean', 'ratio']) if metric.estimator.get('cluster') %}
{% set _ = clustered.append(metric) %}
{% endfor %}
{% set groups = metric_groups(clustered, ['cases', 'day', 'cluster']) %}
with periods as ({{ day_periods() }}),

{% if is_incremental() %}
dirty as ({{ dirty_slices() }}),

{% endif %}
{% for metrics in groups %}
-- the cases of one account are one row; those without an account stay apart, each its own
clusters_{{ loop.index }} as (
    select
        grain,
        period_start,
        {{ cell_columns(metrics) }},
        cluster_key is null as is_single,
        {% for metric in metrics %}
        {% set last = loop.last %}
        {% for part, sum in cluster_sums(metric).items() %}
        {{ sum }} as {{ metric.metric }}_{{ part }}{{ ',' if not (last and loop.last) }}
        {% endfor %}
        {% endfor %}
    from (
        select cases.*, cases.{{ metrics[0].estimator.cluster }} as cluster_key, periods.grain, periods.period_start
        from {{ ref('int_cases__' ~ metrics[0].cases) }} as cases
        inner join {{ counted_periods(metrics) }} as periods on cases.{{ metrics[0].day }} = periods.day
    ) as placed
    {{ group_by_cuts(metrics, ['grain', 'period_start', 'cluster_key']) }}
),

{% endfor %}
summed as (
    {% for metrics in groups %}
    {% set group = loop.index %}
    {% for metric in metrics %}
    {% set name = metric.metric %}
    {% set sums = cluster_sums(metric) %}
    {% set n, y = name ~ '_n', name ~ '_y' %}
    {% set x = name ~ '_x' if 'x' in sums else n %}
    {% set yy, yx, xx = name ~ '_yy' if 'yy' in sums else y, name ~ '_yx' if 'yx' in sums else y, name ~ '_xx' if 'xx' in sums else n %}
    select
        '{{ name }}' as metric,
        cut,
        grain,
        period_start,
        {{ dimension_list() }},
        sum({{ n }}) as n,
        sum(case when is_single then {{ n }} else 1 end) as clusters,
        sum({{ y }}) / nullif(sum({{ x }}), 0) as ratio,
        sum({{ yy }}) as yy,
        sum({{ yx }}) as yx,
        cast(sum({{ xx }}) as {{ dbt.type_float() }}) as xx,
        sum(case when is_single then {{ yy }} else {{ y }} * {{ y }} end) as cluster_yy,
        sum(case when is_single then {{ yx }} else {{ y }} * {{ x }} end) as cluster_yx,
        cast(sum(case when is_single then {{ xx }} else {{ x }} * {{ x }} end) as {{ dbt.type_float() }}) as cluster_xx
    from clusters_{{ group }}
    where {{ name }}_n > 0 and cut in ({{ cut_literals(metric) }})
    group by cut, grain, period_start, {{ dimension_list() }}
    union all
    {% endfor %}
    {% endfor %}
    select
        '' as metric,
        '' as cut,
        '' as grain,
        cast(null as date) as period_start,
        {% for dimension in metric_dimensions() %}'' as {{ dimension }}, {% endfor %}
        cast(0 as bigint) as n,
        cast(0 as bigint) as clusters,
        {% for column in ['ratio', 'yy', 'yx', 'xx', 'cluster_yy', 'cluster_yx', 'cluster_xx'] %}
        {{ typed_null('float') }} as {{ column }}{{ ',' if not loop.last }}
        {% endfor %}
    where 1 = 0
)

select
    metric,
    cut,
    grain,
    period_start,
    {{ dimension_list() }},
    cast(n as bigint) as n,
    cast(clusters as bigint) as clusters,
    {{ design_effect('n', 'clusters', 'ratio', 'yy', 'yx', 'xx', 'cluster_yy', 'cluster_yx', 'cluster_xx') }} as design_effect
from summed
