{{ config(
    materialized='incremental',
    incremental_strategy='sliced',
    on_schema_change='fail',
    meta={'slice': ['curve', 'grain', 'period_start']},
    pre_hook="{{ recompute([changed_case_periods(['km', 'km_share']), unsettled_curves()]) }}"
) }}
-- depends_on: {{ ref('int_metrics__case_days') }}, {{ ref('int_metrics__definitions') }}
-- How long each case of a Kaplan-Meier curve was followed, and whether it was done by then. A case is followed until its period is frozen, or
-- until now if that is earlier: what happens later does not move the curve of a period that people have read.
{% set groups = km_curves() %}
with periods as (
    select
        day,
        grain,
        period_start,
        {{ period_after('grain', 'period_start') }} as next_start
    from ({{ day_periods() }}) as days
),

{% if is_incremental() %}
dirty as ({{ dirty_slices() }}),

{% endif %}
{% for metrics in groups %}
{% set metric = metrics[0] %}
{% set estimator = metric.estimator %}
{% if estimator.get('start') %}
-- read as a value: joined, it would be worked out once a case wherever few are expected
clock_{{ loop.index }} as (
    select max({{ metric.clock.column }}) as as_of_at
    from {{ ref(metric.clock.relation) }}
),

{% endif %}
placed_{{ loop.index }} as (
    select
        cases.*,
        periods.grain,
        periods.period_start,
        {% if estimator.get('start') %}
        {% set frozen_at = day_begins(dbt.dateadd('day', metric.frozen_after_days, 'periods.next_start')) %}
        {% set as_of_at = '(select as_of_at from clock_' ~ loop.index ~ ')' %}
        least({{ frozen_at }}, {{ as_of_at }}) as followed_until,
        {{ frozen_at }} <= {{ as_of_at }} as is_settled,
        {% else %}
        true as is_settled,
        {% endif %}
        ({{ metric.where }}) as counts
    from (select * from {{ ref('int_cases__' ~ metric.cases) }} where {{ metric.population }}) as cases
    inner join {{ counted_periods(metrics, 'curve') }} as periods on cases.{{ metric.day }} = periods.day
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
        '{{ metric.metric }}' as curve,
        grain,
        period_start,
        {{ dimension_list() }},
        cast(case
            when not counts then null
            when {{ estimator.measure }} <= follow_up or follow_up is null then {{ estimator.measure }}
            else greatest(follow_up, 0)
        end as {{ dbt.type_float() }}) as duration,
        counts and {{ estimator.event }} and coalesce({{ estimator.measure }} <= coalesce(follow_up, {{ estimator.measure }}), false) as is_done,
        is_settled
    from followed_{{ loop.index }}
),

{% endfor %}
gathered as (
    {% for metrics in groups %}
    select * from timed_{{ loop.index }}
    union all
    {% endfor %}
    select
        {% for column in model.columns.values() %}
        {{ typed_null(column.data_type) }} as {{ column.name }}{{ ',' if not loop.last }}
        {% endfor %}
    where 1 = 0
)

select * from gathered
