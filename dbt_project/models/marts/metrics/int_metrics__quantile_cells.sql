{{ config(
    materialized='incremental',
    incremental_strategy='sliced',
    on_schema_change='fail',
    meta={'slice': ['metric', 'grain', 'period_start']},
    pre_hook="{{ recompute([changed_case_periods(['quantile_order'])]) }}"
) }}
-- depends_on: {{ ref('int_metrics__case_days') }}, {{ ref('int_metrics__definitions') }}
-- Quantiles by order statistics on every cell of the lattice. Cases still open come last: what they will reach is not known, only that
-- it is longer; a rank that falls among them has no value.
{% set groups = metric_groups(metrics_by(['quantile_order']), ['cases', 'day', 'population']) %}
with periods as ({{ day_periods() }}),

{% if is_incremental() %}
dirty as ({{ dirty_slices() }}),

{% endif %}
{% for metrics in groups %}
-- one pass over the cases for all metrics that count the same ones; two quantiles of one measure share its values
family_{{ loop.index }} as (
    select
        grain,
        period_start,
        {{ cell_columns(metrics) }},
        {% for same in metric_groups(metrics, ['where', 'measure']) %}
        {{ sorted_values(same[0].estimator.measure, same[0].where) }} as {{ same[0].metric }}_finished,
        count(case when {{ same[0].where }} then 1 end) as {{ same[0].metric }}_n,
        {% endfor %}
        count(*) as eligible
    from {{ ref('int_cases__' ~ metrics[0].cases) }} as cases
    inner join {{ counted_periods(metrics) }} as periods on cases.{{ metrics[0].day }} = periods.day
    where {{ metrics[0].population }}
    {{ group_by_cuts(metrics, ['grain', 'period_start']) }}
),

{% endfor %}
gathered as (
    {% for metrics in groups %}
    {% set family = loop.index %}
    {% for same in metric_groups(metrics, ['where', 'measure']) %}
    {% for metric in same %}
    select
        '{{ metric.metric }}' as metric,
        cast({{ metric.version }} as bigint) as version,
        cast({{ metric.estimator.quantile }} as {{ dbt.type_float() }}) as quantile,
        cells.cut,
        cells.grain,
        cells.period_start,
        {{ dimension_list('cells.') }},
        cells.{{ same[0].metric }}_finished as finished,
        cells.{{ same[0].metric }}_n as n,
        cells.eligible
    from family_{{ family }} as cells
    where cells.cut in ({{ cut_literals(metric) }})
    union all
    {% endfor %}
    {% endfor %}
    {% endfor %}
    select
        '' as metric,
        cast(0 as bigint) as version,
        cast(0.5 as {{ dbt.type_float() }}) as quantile,
        '' as cut,
        '' as grain,
        cast(null as date) as period_start,
        {% for dimension in metric_dimensions() %}'' as {{ dimension }}, {% endfor %}
        {{ no_values() }} as finished,
        cast(0 as bigint) as n,
        cast(0 as bigint) as eligible
    where 1 = 0
),

positioned as (
    select
        *,
        {{ quantile_position('quantile', 'n') }} as position
    from gathered
),

valued as (
    select
        *,
        cast({{ value_at('finished', 'floor(position)') }}
            + (position - floor(position)) * ({{ value_at('finished', 'ceiling(position)') }} - {{ value_at('finished', 'floor(position)') }})
            as {{ dbt.type_float() }}) as value
    from positioned
),

{% set clustered = [] %}
{% for metrics in groups %}
{% for metric in metrics if metric.estimator.get('cluster') %}
{% set _ = clustered.append(metric) %}
below_{{ metric.metric }} as (
    {{ below_quantile(metric) }}
),

{% endfor %}
{% endfor %}
effects as (
    {% for metric in clustered %}
    select
        '{{ metric.metric }}' as metric,
        cut,
        grain,
        period_start,
        {{ dimension_list() }},
        {{ design_effect(
            n='sum(cases)', clusters='sum(case when is_single then cases else 1 end)', ratio='(sum(below) * 1.0 / sum(cases))',
            yy='sum(below)', yx='sum(below)', xx='sum(cases)',
            cluster_yy='sum(case when is_single then below else below * below end)',
            cluster_yx='sum(case when is_single then below else below * cases end)',
            cluster_xx='sum(case when is_single then cases else cases * cases end)'
        ) }} as design_effect
    from below_{{ metric.metric }}
    group by cut, grain, period_start, {{ dimension_list() }}
    union all
    {% endfor %}
    select
        '' as metric,
        '' as cut,
        '' as grain,
        cast(null as date) as period_start,
        {% for dimension in metric_dimensions() %}'' as {{ dimension }}, {% endfor %}
        {{ typed_null('float') }} as design_effect
    where 1 = 0
),

{% set ranks = quantile_order_ranks('valued.quantile', 'valued.n', 'coalesce(effects.design_effect, 1)') %}
ranked as (
    select
        valued.*,
        {{ ranks.low }} as low_rank,
        {{ ranks.high }} as high_rank
    from valued
    left join effects
        on valued.metric = effects.metric
        and valued.grain = effects.grain
        and valued.period_start = effects.period_start
        and valued.cut = effects.cut
        {% for dimension in metric_dimensions() %}
        and valued.{{ dimension }} = effects.{{ dimension }}
        {% endfor %}
)

select
    metric,
    version,
    cut,
    grain,
    period_start,
    {{ dimension_list() }},
    value,
    cast(case when low_rank < 1 then 0 else {{ value_at('finished', 'low_rank') }} end as {{ dbt.type_float() }}) as low,
    cast({{ value_at('finished', 'high_rank') }} as {{ dbt.type_float() }}) as high,
    cast(n as bigint) as n,
    cast(eligible as bigint) as eligible
from ranked
