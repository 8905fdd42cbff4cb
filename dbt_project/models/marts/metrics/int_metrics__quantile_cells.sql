-- Quantiles by order statistics on every cell of the lattice. Cases still open come last: what they will reach is not known, only that
-- it is longer; a rank that falls among them has no value.
{% set families = {} %}
{% set measured = {} %}
{% for metric in var('metrics') if metric.estimator.name == 'quantile_order' %}
    {% set family = (metric.cases, metric.day, metric.population) | string %}
    {% set first = measured.setdefault(family ~ metric.where ~ metric.estimator.measure, metric.metric) %}
    {% set _ = families.setdefault(family, []).append(dict(metric, quantile_of=first)) %}
{% endfor %}
with periods as ({{ day_periods() }}),

{% for metrics in families.values() %}
-- one pass over the cases for all metrics that count the same ones; two quantiles of one measure share its values
family_{{ loop.index }} as (
    select
        grain,
        period_start,
        {{ cut_dimensions(metrics) }},
        {% for metric in metrics if metric.quantile_of == metric.metric %}
        {{ sorted_values(metric.estimator.measure, metric.where) }} as {{ metric.metric }}_finished,
        cast(sum(case when {{ metric.where }} then 1 else 0 end) as bigint) as {{ metric.metric }}_n,
        {% endfor %}
        cast(count(*) as bigint) as eligible
    from {{ ref('int_cases__' ~ metrics[0].cases) }} as cases
    inner join periods on cases.{{ metrics[0].day }} = periods.day
    where {{ metrics[0].population }}
    group by {{ cut_sets(metrics, ['grain', 'period_start']) }}
),

{% endfor %}
gathered as (
    {% for metrics in families.values() %}
    {% set family = loop.index %}
    {% for metric in metrics %}
    select
        '{{ metric.metric }}' as metric,
        cast({{ metric.version }} as bigint) as version,
        cast({{ metric.estimator.quantile }} as {{ dbt.type_float() }}) as quantile,
        cells.grain,
        cells.period_start,
        {{ dimension_list('cells.') }},
        cells.{{ metric.quantile_of }}_finished as finished,
        cells.{{ metric.quantile_of }}_n as n,
        cells.eligible
    from family_{{ family }} as cells
    inner join {{ ref('int_metrics__lattice') }} as lattice
        on lattice.metric = '{{ metric.metric }}'
        and {{ same_cut('cells', 'lattice') }}
    union all
    {% endfor %}
    {% endfor %}
    select
        '' as metric,
        cast(0 as bigint) as version,
        cast(0.5 as {{ dbt.type_float() }}) as quantile,
        '' as grain,
        cast(null as date) as period_start,
        {% for dimension in metric_dimensions() %}'' as {{ dimension }}, {% endfor %}
        {{ no_values() }} as finished,
        cast(0 as bigint) as n,
        cast(0 as bigint) as eligible
    where 1 = 0
),

{% set ranks = quantile_order_ranks('quantile', 'n') %}
ranked as (
    select
        gathered.*,
        {{ ranks.position }} as position,
        {{ ranks.low }} as low_rank,
        {{ ranks.high }} as high_rank
    from gathered
)

select
    metric,
    version,
    grain,
    period_start,
    {{ dimension_list() }},
    cast({{ value_at('finished', 'floor(position)') }}
        + (position - floor(position)) * ({{ value_at('finished', 'ceiling(position)') }} - {{ value_at('finished', 'floor(position)') }})
        as {{ dbt.type_float() }}) as value,
    cast(case when low_rank < 1 then 0 else {{ value_at('finished', 'low_rank') }} end as {{ dbt.type_float() }}) as low,
    cast({{ value_at('finished', 'high_rank') }} as {{ dbt.type_float() }}) as high,
    n,
    eligible
from ranked
