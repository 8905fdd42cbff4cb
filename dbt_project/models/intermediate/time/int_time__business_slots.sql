{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    indexes=[{'columns': ['schedule_id', 'slot_at'], 'unique': True}],
    pre_hook="{{ forget_changed_calendars() }}"
) }}
-- Every quarter of an hour of the years that tickets cover, in UTC, with the open minutes before it. A local clock that jumps moves the
-- local reading of a slot, never the slot, so the night a clock changes needs no rule of its own. A schedule is laid out anew when its
-- calendar changes, and left alone otherwise.
with schedules as (
    select schedule_id, time_zone, first_day, last_day
    from {{ ref('int_time__schedule_calendars') }}
    {% if is_incremental() %}
    where schedule_id in ({{ changed_calendars() }})
    {% endif %}
),

numbers as ({{ dbt.generate_series(96) }}),

slots as (
    select
        schedules.schedule_id,
        schedules.time_zone,
        {{ dbt.dateadd('minute', '15 * (cast(numbers.generated_number as integer) - 1)', 'cast(days.day as timestamp)') }} as slot_at
    from schedules
    inner join {{ ref('int_time__days') }} as days on days.day between schedules.first_day and schedules.last_day
    cross join numbers
),

week_numbers as ({{ dbt.generate_series(672) }}),

open_week as (
    select distinct
        intervals.schedule_id,
        week_numbers.generated_number - 1 as week_slot
    from {{ ref('int_time__schedule_intervals') }} as intervals
    inner join week_numbers
        on (week_numbers.generated_number - 1) * 15 >= intervals.week_minute_start
        and (week_numbers.generated_number - 1) * 15 < intervals.week_minute_end
),

local_slots as (
    select
        schedule_id,
        slot_at,
        {{ to_local('slot_at', 'time_zone') }} as local_at
    from slots
),

judged as (
    select
        local_slots.schedule_id,
        local_slots.slot_at,
        open_week.week_slot is not null and holidays.day is null as is_open
    from local_slots
    left join open_week
        on local_slots.schedule_id = open_week.schedule_id
        and {{ week_slot('local_slots.local_at') }} = open_week.week_slot
    left join {{ ref('int_time__schedule_holidays') }} as holidays
        on local_slots.schedule_id = holidays.schedule_id
        and cast(local_slots.local_at as date) = holidays.day
)

select
    schedule_id,
    slot_at,
    is_open,
    cast(coalesce(sum(case when is_open then 15 else 0 end) over (
        partition by schedule_id order by slot_at
        rows between unbounded preceding and 1 preceding
    ), 0) as bigint) as open_minutes_before
from judged
