{{ config(
    materialized='incremental',
    incremental_strategy='sliced',
    on_schema_change='fail',
    meta={'slice': ['metric', 'grain', 'period_start']},
    pre_hook="{{ recompute([periods_of_days(changed_slices('int_metrics__day_sums'))]) }}"
) }}
-- Additive parts summed from days to periods. A stock, such as the backlog, counts on the last day of its period only.
with periods as (
    {% if is_incremental() %}
    select dirty.metric, days.day, days.grain, days.period_start
    from ({{ day_periods() }}) as days
    inner join ({{ dirty_slices() }}) as dirty on days.grain = dirty.grain and days.period_start = dirty.period_start
    {% else %}
    {{ day_periods() }}
    {% endif %}
),

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
    inner join periods on parts.day = periods.day {{ 'and parts.metric = periods.metric' if is_incremental() }}
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
