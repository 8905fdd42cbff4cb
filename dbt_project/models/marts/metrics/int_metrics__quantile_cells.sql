-- Quantiles by order statistics on every cell of the lattice. Cases still open come last: what they will reach is not known, only that
-- it is longer; a quantile that falls among them is null.
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
        {{ cell_dimensions('cases', 'lattice') }}
        cases.value,
        cases.is_counted
    from cases
    inner join periods on cases.day = periods.day
    inner join {{ ref('int_metrics__lattice') }} as lattice on cases.family = lattice.metric
),

ranked as (
    select
        *,
        row_number() over (cell order by case when is_counted then 0 else 1 end, value asc nulls last) as rank_number,
        sum(case when is_counted then 1 else 0 end) over (cell) as n,
        count(*) over (cell) as eligible
    from placed
    window cell as (partition by family, grain, period_start, {{ dimension_list() }})
),

{% set ranks = quantile_order_ranks('metrics.quantile', 'ranked.n') %}
marked as (
    select
        metrics.metric,
        metrics.version,
        ranked.*,
        {{ ranks.position }} as position,
        {{ ranks.low }} as low_rank,
        {{ ranks.high }} as high_rank
    from ranked
    inner join (
        {% for metrics in families.values() %}
        {% for metric in metrics %}
        select '{{ metrics[0].metric }}' as family, '{{ metric.metric }}' as metric,
            cast({{ metric.version }} as bigint) as version, {{ metric.estimator.quantile }} as quantile
        union all
        {% endfor %}
        {% endfor %}
        select '' as family, '' as metric, cast(0 as bigint) as version, 0.5 as quantile where 1 = 0
    ) as metrics on ranked.family = metrics.family
)

select
    metric,
    version,
    grain,
    period_start,
    {{ dimension_list() }},
    cast(max(case when rank_number = floor(position) then value end)
        + (max(position) - floor(max(position)))
        * (max(case when rank_number = ceiling(position) then value end) - max(case when rank_number = floor(position) then value end))
        as {{ dbt.type_float() }}) as value,
    cast(case when max(low_rank) < 1 then 0 else max(case when rank_number = low_rank then value end) end as {{ dbt.type_float() }}) as low,
    cast(max(case when rank_number = high_rank and high_rank <= n then value end) as {{ dbt.type_float() }}) as high,
    cast(max(n) as bigint) as n,
    cast(max(eligible) as bigint) as eligible
from marked
group by metric, version, grain, period_start, {{ dimension_list() }}
