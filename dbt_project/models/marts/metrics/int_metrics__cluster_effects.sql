-- The design effect of every cell whose metric says that several cases come from one account.
{% set clustered = [] %}
{% for metric in metrics_by(['wilson', 'nps_adjusted_wald', 'mean', 'ratio']) if metric.estimator.get('cluster') %}
{% set _ = clustered.append(metric) %}
{% endfor %}
{% set groups = metric_groups(clustered, ['cases', 'day', 'cluster']) %}
with periods as ({{ day_periods() }}),

{% for metrics in groups %}
-- the cases of one account are one row; those without an account stay apart, each its own
clusters_{{ loop.index }} as (
    select
        grain,
        period_start,
        {{ cell_columns(metrics) }},
        cluster_key is null as is_single,
        {% for metric in metrics %}
        count(case when {{ counts(metric) }} then 1 end) as {{ metric.metric }}_n,
        {{ sum_counted(metric, case_y(metric)) }} as {{ metric.metric }}_y,
        {{ sum_counted(metric, case_x(metric)) }} as {{ metric.metric }}_x,
        {{ sum_counted(metric, '(' ~ case_y(metric) ~ ') * (' ~ case_y(metric) ~ ')') }} as {{ metric.metric }}_yy,
        {{ sum_counted(metric, '(' ~ case_y(metric) ~ ') * ' ~ case_x(metric)) }} as {{ metric.metric }}_yx,
        {{ sum_counted(metric, case_x(metric) ~ ' * ' ~ case_x(metric)) }} as {{ metric.metric }}_xx{{ ',' if not loop.last }}
        {% endfor %}
    from (
        select cases.*, cases.{{ metrics[0].estimator.cluster }} as cluster_key, periods.grain, periods.period_start
        from {{ ref('int_cases__' ~ metrics[0].cases) }} as cases
        inner join periods on cases.{{ metrics[0].day }} = periods.day
    ) as placed
    {{ group_by_cuts(metrics, ['grain', 'period_start', 'cluster_key']) }}
),

{% endfor %}
summed as (
    {% for metrics in groups %}
    {% set group = loop.index %}
    {% for metric in metrics %}
    {% set name = metric.metric %}
    select
        '{{ name }}' as metric,
        cut,
        grain,
        period_start,
        {{ dimension_list() }},
        sum({{ name }}_n) as n,
        sum(case when is_single then {{ name }}_n else 1 end) as clusters,
        sum({{ name }}_y) / nullif(sum({{ name }}_x), 0) as ratio,
        sum({{ name }}_yy) as yy,
        sum({{ name }}_yx) as yx,
        sum({{ name }}_xx) as xx,
        sum(case when is_single then {{ name }}_yy else {{ name }}_y * {{ name }}_y end) as cluster_yy,
        sum(case when is_single then {{ name }}_yx else {{ name }}_y * {{ name }}_x end) as cluster_yx,
        sum(case when is_single then {{ name }}_xx else {{ name }}_x * {{ name }}_x end) as cluster_xx
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
