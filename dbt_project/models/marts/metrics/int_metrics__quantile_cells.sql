-- Quantiles by order statistics on every cell of the lattice. Cases still open come last: what they will reach is not known, only that
-- it is longer; a rank that falls among them has no value.
{% set families = {} %}
{% for metric in var('metrics') if metric.estimator.name == 'quantile_order' %}
    {% set _ = families.setdefault((metric.cases, metric.day, metric.population, metric.where, metric.estimator.measure) | string, []).append(metric) %}
{% endfor %}
with periods as ({{ day_periods() }}),

cases as (
    {% for metrics in families.values() %}
    {% set metric = metrics[0] %}
    select
        '{{ metric.metric }}' as family,
        {{ metric.day }} as day,
        {{ dimension_list() }},
        case when {{ metric.where }} then {{ metric.estimator.measure }} end as value,
        {{ metric.where }} as is_counted
    from {{ ref('int_cases__' ~ metric.cases) }}
    where {{ metric.day }} is not null and ({{ metric.population }})
    union all
    {% endfor %}
    select
        '' as family,
        cast(null as date) as day,
        {% for dimension in metric_dimensions() %}'' as {{ dimension }}, {% endfor %}
        cast(null as {{ dbt.type_float() }}) as value,
        false as is_counted
    where 1 = 0
),

placed as (
    select
        cases.family,
        periods.grain,
        periods.period_start,
        {{ cell_dimensions('cases', 'lattice') }},
        cases.value,
        cases.is_counted
    from cases
    inner join periods on cases.day = periods.day
    inner join {{ ref('int_metrics__lattice') }} as lattice on cases.family = lattice.metric
),

-- one key instead of ten columns: what is sorted is short
keyed as (
    select
        md5(family || '|' || grain || '|' || cast(period_start as {{ dbt.type_string() }})
            {%- for dimension in metric_dimensions() %} || '|' || {{ dimension }}{% endfor %}) as cell,
        placed.*
    from placed
),

gathered as (
    select
        cell,
        max(family) as family,
        max(grain) as grain,
        max(period_start) as period_start,
        {% for dimension in metric_dimensions() %}
        max({{ dimension }}) as {{ dimension }},
        {% endfor %}
        {{ sorted_values('value') }} as finished,
        cast(sum(case when is_counted then 1 else 0 end) as bigint) as n,
        cast(count(*) as bigint) as eligible
    from keyed
    group by cell
),

{% set ranks = quantile_order_ranks('metrics.quantile', 'gathered.n') %}
ranked as (
    select
        metrics.metric,
        metrics.version,
        gathered.*,
        {{ ranks.position }} as position,
        {{ ranks.low }} as low_rank,
        {{ ranks.high }} as high_rank
    from gathered
    inner join (
        {% for metrics in families.values() %}
        {% for metric in metrics %}
        select '{{ metrics[0].metric }}' as family, '{{ metric.metric }}' as metric,
            cast({{ metric.version }} as bigint) as version, {{ metric.estimator.quantile }} as quantile
        union all
        {% endfor %}
        {% endfor %}
        select '' as family, '' as metric, cast(0 as bigint) as version, 0.5 as quantile where 1 = 0
    ) as metrics on gathered.family = metrics.family
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
