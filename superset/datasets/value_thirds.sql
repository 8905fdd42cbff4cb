-- Who is still a customer half a year later, by third of what they had said: the last complete quarter. The difference says whether it matters.
with quarter as (
  select date_trunc('quarter', coalesce(max(data_as_of), now()))::date as until_quarter from marts_cx.release_status
),
newest as (
  select max(t.period_start) as period_start from marts_cx.value_tercile as t cross join quarter as q where t.period_start < q.until_quarter
),
thirds (position, third, name, group_title) as (
  values
  (1, 'best third', 'Best third', 'Still customers half a year later'),
  (2, 'middle third', 'Middle third', null),
  (3, 'worst third', 'Worst third', null),
  (4, 'not heard', 'Not heard', null),
  (5, 'best less worst', 'Best less worst', 'What the experience makes of it')
)
select
  cast(h.position as bigint) as position,
  h.group_title,
  h.name,
  case
    when t.revenue_kept is not null then 'revenue kept ' || to_char(100 * t.revenue_kept, 'FM990') || ' %'
      || coalesce(' (' || to_char(100 * t.revenue_low, 'FM990') || ' to ' || to_char(100 * t.revenue_high, 'FM990') || ' %)', '')
  end as note,
  case when h.position = 5 and t.low > 0 then 'clear' when h.position = 5 and t.high < 0 then 'clear, the other way' when h.position = 5 then 'cannot tell' end as flag_text,
  case when h.position = 5 and (t.low > 0 or t.high < 0) then 'good' end as flag,
  case when t.accounts < 5 then 'hidden' when t.retention is null then 'empty' when t.accounts < 30 then 'imprecise' else 'shown' end as state,
  case when t.accounts < 5 then 'hidden' when h.position = 5 then to_char(100 * t.retention, 'FMSG990.0') || ' points' else to_char(100 * t.retention, 'FM990.0') || ' %' end as value_text,
  case when t.accounts >= 5 then to_char(100 * t.low, case when h.position = 5 then 'FMSG990.0' else 'FM990.0' end) || ' to '
    || to_char(100 * t.high, case when h.position = 5 then 'FMSG990.0' else 'FM990.0' end) || case when h.position = 5 then '' else ' %' end end as interval_text,
  case when t.accounts >= 5 then to_char(t.accounts, 'FM999,999,990') end as n_text,
  cast(null as text) as coverage_text,
  cast(null as text) as target_text,
  cast(null as text) as change_text,
  cast(null as text) as change_class,
  -- shares from 0 to 100 %, the difference from -50 to 50 points
  case when t.accounts >= 5 then round((case when h.position = 5 then 50 + 100 * t.retention else 100 * t.retention end)::numeric, 1) end as value_at,
  case when t.accounts >= 5 then round((case when h.position = 5 then greatest(0, 50 + 100 * t.low) else 100 * t.low end)::numeric, 1) end as low_at,
  case when t.accounts >= 5 then round((100 * (t.high - t.low))::numeric, 1) end as interval_width,
  cast(null as numeric) as target_at,
  case when h.position = 5 then 50.0 end as zero_at,
  to_char(t.period_start, '"Half year to Q"Q YYYY') as period_label,
  cast(null as text) as missing_text,
  case when t.accounts < 5 then 'n < 5' end as suppressed_reason,
  t.accounts < 30 as low_precision
from thirds as h
cross join newest as n
inner join marts_cx.value_tercile as t on h.third = t.third and n.period_start = t.period_start
