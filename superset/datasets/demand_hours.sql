-- When customers turn to us, by the hour of their own week, and whether somebody was there: the last four complete quarters.
with clock as (
  select date_trunc('quarter', coalesce(max(data_as_of), now()))::date as until_quarter from marts_cx.release_status
),
counted as (
  select d.local_hour_of_week, sum(d.arrivals) as arrivals, sum(d.arrivals * d.covered) as covered
  from marts_cx.support_demand as d
  cross join clock as c
  where d.quarter < c.until_quarter and d.quarter >= c.until_quarter - interval '12 months'
  group by d.local_hour_of_week
),
days (day_of_week, title) as (
  values (1, 'Monday'), (2, 'Tuesday'), (3, 'Wednesday'), (4, 'Thursday'), (5, 'Friday'), (6, 'Saturday'), (7, 'Sunday')
),
hours as (
  select row_number() over () - 1 as hour_of_day from (values (1), (2), (3), (4), (5), (6), (7), (8)) as a (i) cross join (values (1), (2), (3)) as b (i)
)
select
  row_number() over (order by d.day_of_week, h.hour_of_day) as position,
  cast(24 as bigint) as column_count,
  d.day_of_week = 1 as is_first_row,
  h.hour_of_day = 0 as is_row_start,
  cast(null as text) as group_title,
  d.title as row_title,
  cast(null as text) as row_note,
  to_char(h.hour_of_day, 'FM00') as column_title,
  cast(null as text) as cell_text,
  cast(null as text) as cell_note,
  case
    when c.arrivals is null then 'blank'
    else case when c.covered < 0.5 * c.arrivals then 'closed' else 's' end || least(4, floor(5.0 * c.arrivals / max(c.arrivals) over ()))::text
  end as cell_state,
  d.title || ' ' || to_char(h.hour_of_day, 'FM00') || ':00: ' || coalesce(
    to_char(c.arrivals, 'FM999,999,990') || ' contacts, ' || to_char(100 * c.covered / c.arrivals, 'FM990') || ' % of them while somebody was there', 'no contact'
  ) as cell_hint,
  to_char((select sum(arrivals) from counted), 'FM999,999,990') || ' contacts of four quarters, on the customer''s own clock. The darker, the more.' as matrix_note
from days as d
cross join hours as h
left join counted as c on c.local_hour_of_week = (d.day_of_week % 7) * 24 + h.hour_of_day
where exists (select 1 from counted)
