-- When we are open, by schedule and weekday
-- The hours behind every business minute: weekly opening and the days on which a schedule is closed.
select d.schedule_key, d.time_zone, d.kind, d.week_day, d.week_minute_start, d.week_minute_end, d.closed_on
from marts_cx.dim_schedule as d
order by d.schedule_key, d.kind, d.week_minute_start nulls last, d.closed_on
