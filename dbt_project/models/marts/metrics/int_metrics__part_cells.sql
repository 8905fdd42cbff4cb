-- Additive parts summed from days to periods. A stock, such as the backlog, counts on the last day of its period only.
with periods as ({{ day_periods() }}),

placed as (
    select
        parts.*,
        definitions.estimator,
        periods.grain,
        periods.period_start,
        definitions.over_time = 'sum'
            or parts.day = max(parts.day) over (partition by parts.metric, periods.grain, periods.period_start) as is_placed
    from {{ ref('int_metrics__day_sums') }} as parts
    inner join {{ ref('int_metrics__definitions') }} as definitions on parts.metric = definitions.metric
    inner join periods on parts.day = periods.day
    where parts.cut <> 'detail'
)

select
    metric,
    version,
    estimator,
    cut,
    grain,
    period_start,
    {{ dimension_list() }},
    {% for part in count_parts() %}
    cast({{ 'case when count(*) = count(eligible) then sum(eligible) end' if part == 'eligible' else 'sum(' ~ part ~ ')' }} as bigint) as {{ part }},
    {% endfor %}
    {% for part in sum_parts() %}
    cast(sum({{ part }}) as {{ dbt.type_float() }}) as {{ part }}{{ ',' if not loop.last }}
    {% endfor %}
from placed
where is_placed
group by metric, version, estimator, cut, grain, period_start, {{ dimension_list() }}
