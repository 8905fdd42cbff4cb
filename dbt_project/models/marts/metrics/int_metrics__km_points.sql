-- Kaplan-Meier curves of every cell: at each time at which some case ended, how many are not done by then and how sure that is.
-- A case is followed until its period is frozen (14 days after it ended), or until now if that is earlier: what happens later does not
-- move the curve of a period that people have read.
{% set groups = metric_groups(metrics_by(['km', 'km_share']), ['cases', 'day', 'population', 'where', 'measure', 'event', 'start', 'schedule', 'unit']) %}
with periods as (
    select
        day,
        grain,
        period_start,
        {{ day_begins(dbt.dateadd('day', 14, period_after('grain', 'period_start'))) }} as frozen_at
    from ({{ day_periods() }}) as days
),

{% for metrics in groups %}
{% set metric = metrics[0] %}
{% set estimator = metric.estimator %}
placed_{{ loop.index }} as (
    select
        cases.*,
        periods.grain,
        periods.period_start,
        {% if estimator.get('start') %}
        least(periods.frozen_at, clock.as_of_at) as followed_until,
        {% endif %}
        ({{ metric.where }}) as counts
    from (select * from {{ ref('int_cases__' ~ metric.cases) }} where {{ metric.population }}) as cases
    inner join periods on cases.{{ metric.day }} = periods.day
    {% if estimator.get('start') %}
    cross join (select max({{ metric.clock.column }}) as as_of_at from {{ ref(metric.clock.relation) }}) as clock
    {% endif %}
),

followed_{{ loop.index }} as (
    {% if estimator.get('schedule') %}
    select
        placed.*,
        {{ business_minutes('start_slot', 'placed.' ~ estimator.start, 'end_slot', 'placed.followed_until') }} as follow_up
    from placed_{{ loop.index }} as placed
    left join {{ ref('int_time__business_slots') }} as start_slot
        on placed.{{ estimator.schedule }} = start_slot.schedule_id
        and {{ slot_start('placed.' ~ estimator.start) }} = start_slot.slot_at
    left join {{ ref('int_time__business_slots') }} as end_slot
        on placed.{{ estimator.schedule }} = end_slot.schedule_id
        and {{ slot_start('placed.followed_until') }} = end_slot.slot_at
    {% elif estimator.get('start') %}
    select
        placed.*,
        {{ minutes_between('placed.' ~ estimator.start, 'placed.followed_until') }}{{ ' / 1440' if metric.unit == 'days' }} as follow_up
    from placed_{{ loop.index }} as placed
    {% else %}
    select placed.*, {{ typed_null('float') }} as follow_up
    from placed_{{ loop.index }} as placed
    {% endif %}
),

timed_{{ loop.index }} as (
    select
        grain,
        period_start,
        {% for dimension in dimensions_cut_by(metrics) %}
        {{ dimension }},
        {% endfor %}
        cast(case
            when not counts then null
            when {{ estimator.measure }} <= follow_up or follow_up is null then {{ estimator.measure }}
            else greatest(follow_up, 0)
        end as {{ dbt.type_float() }}) as duration,
        counts and {{ estimator.event }} and coalesce({{ estimator.measure }} <= follow_up, true) as is_done
    from followed_{{ loop.index }}
),

counted_{{ loop.index }} as (
    select
        '{{ metric.metric }}' as curve,
        grain,
        period_start,
        {{ cell_columns(metrics) }},
        duration,
        count(*) as cases,
        count(case when is_done then 1 end) as done
    from timed_{{ loop.index }}
    {{ group_by_cuts(metrics, ['grain', 'period_start', 'duration']) }}
),

{% endfor %}
counted as (
    {% for metrics in groups %}
    select * from counted_{{ loop.index }}
    {{ 'union all' if not loop.last }}
    {% else %}
    select
        '' as curve, '' as grain, cast(null as date) as period_start,
        {% for dimension in metric_dimensions() %}'' as {{ dimension }}, {% endfor %}
        '' as cut, {{ typed_null('float') }} as duration, cast(0 as bigint) as cases, cast(0 as bigint) as done
    where 1 = 0
    {% endfor %}
),

at_risk as (
    select
        *,
        sum(cases) over (partition by curve, grain, period_start, cut, {{ dimension_list() }}) as eligible,
        -- cases without a duration do not count; they come first here, and are taken off
        sum(case when duration is not null then cases else 0 end) over (
            partition by curve, grain, period_start, cut, {{ dimension_list() }}
        ) as n,
        sum(case when duration is not null then cases else 0 end) over (
            partition by curve, grain, period_start, cut, {{ dimension_list() }}
            order by duration desc nulls last rows between unbounded preceding and current row
        ) as at_risk
    from counted
)

select
    curve,
    cut,
    grain,
    period_start,
    {{ dimension_list() }},
    duration,
    cast(cases as bigint) as cases,
    cast(n as bigint) as n,
    cast(eligible as bigint) as eligible,
    cast(at_risk as bigint) as at_risk,
    cast(done as bigint) as done,
    -- the product of (1 - done / at risk) as a sum of logarithms; -100 stands for the logarithm of nothing
    cast(sum(case when done = 0 then 0.0 when done < at_risk then ln(1 - cast(done as {{ dbt.type_float() }}) / at_risk) else -100.0 end) over (
        partition by curve, grain, period_start, cut, {{ dimension_list() }}
        order by duration asc nulls last rows between unbounded preceding and current row
    ) as {{ dbt.type_float() }}) as log_survival,
    cast(sum(case when done < at_risk then cast(done as {{ dbt.type_float() }}) / (cast(at_risk as {{ dbt.type_float() }}) * (at_risk - done)) else 0.0 end) over (
        partition by curve, grain, period_start, cut, {{ dimension_list() }}
        order by duration asc nulls last rows between unbounded preceding and current row
    ) as {{ dbt.type_float() }}) as greenwood
from at_risk
