-- Additive parts summed into the cells of the lattice. A stock, such as the backlog, counts on the last day of its period only.
with periods as ({{ day_periods() }}),

last_days as (
    select parts.metric, periods.grain, periods.period_start, max(parts.day) as day
    from {{ ref('metric_part') }} as parts
    inner join periods on parts.day = periods.day
    group by parts.metric, periods.grain, periods.period_start
),

placed as (
    select
        parts.*,
        definitions.estimator,
        periods.grain,
        periods.period_start
    from {{ ref('metric_part') }} as parts
    inner join {{ ref('int_metrics__definitions') }} as definitions
        on parts.metric = definitions.metric and definitions.estimator <> 'quantile_order'
    inner join periods on parts.day = periods.day
    inner join last_days
        on parts.metric = last_days.metric
        and periods.grain = last_days.grain
        and periods.period_start = last_days.period_start
        and (definitions.over_time = 'sum' or parts.day = last_days.day)
),

cells as (
    select
        metric,
        version,
        estimator,
        grain,
        period_start,
        {{ cut_dimensions(var('metrics')) }},
        cast(sum(num) as bigint) as num,
        cast(sum(den) as bigint) as den,
        cast(case when count(*) = count(eligible) then sum(eligible) end as bigint) as eligible,
        sum(total) as total,
        sum(total_squared) as total_squared,
        cast(sum(promoters) as bigint) as promoters,
        cast(sum(detractors) as bigint) as detractors
    from placed
    group by {{ cut_sets(var('metrics'), ['metric', 'version', 'estimator', 'grain', 'period_start']) }}
)

select
    cells.metric,
    cells.version,
    cells.estimator,
    cells.grain,
    cells.period_start,
    {{ dimension_list('cells.') }},
    cells.num,
    cells.den,
    cells.eligible,
    cells.total,
    cells.total_squared,
    cells.promoters,
    cells.detractors
from cells
inner join {{ ref('int_metrics__lattice') }} as lattice
    on cells.metric = lattice.metric
    and {{ same_cut('cells', 'lattice') }}
