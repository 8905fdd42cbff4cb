-- When each team is open: local openings of a week, and the days on which it is closed. Local times need no rule for the nights a clock
-- changes; int_time__business_slots lays them onto UTC.
with zones as (
    select distinct schedule_id, time_zone
    from {{ ref('int_time__schedule_intervals') }}
)

select
    {{ surrogate_key('schedule_part', ['schedule_id', "'opening'", 'week_minute_start']) }} as schedule_sk,
    {{ surrogate_key('schedule', ['schedule_id']) }} as schedule_key,
    time_zone,
    'opening' as kind,
    cast(floor(week_minute_start / 1440) as bigint) as week_day,
    cast(week_minute_start as bigint) as week_minute_start,
    cast(week_minute_end as bigint) as week_minute_end,
    cast(null as date) as closed_on
from {{ ref('int_time__schedule_intervals') }}
union all
select
    {{ surrogate_key('schedule_part', ['holidays.schedule_id', "'holiday'", 'holidays.day']) }} as schedule_sk,
    {{ surrogate_key('schedule', ['holidays.schedule_id']) }} as schedule_key,
    zones.time_zone,
    'holiday' as kind,
    cast(null as bigint) as week_day,
    cast(null as bigint) as week_minute_start,
    cast(null as bigint) as week_minute_end,
    holidays.day as closed_on
from {{ ref('int_time__schedule_holidays') }} as holidays
inner join zones on holidays.schedule_id = zones.schedule_id
