-- One point a unit and quarter: engagement to the right, satisfied customers upwards, over fixed scales so that nothing is stretched.
with units as (
  select *, row_number() over (order by period_start, unit_key) as position from marts_exec.link_unit where cx is not null and engagement is not null
),
scaled as (
  select
    *,
    floor(10 * min(engagement) over ()) / 10 as x_low, ceil(10 * max(engagement) over ()) / 10 as x_high,
    floor(10 * min(cx) over ()) / 10 as y_low, ceil(10 * max(cx) over ()) / 10 as y_high
  from units
)
select
  s.position,
  s.block_label as name,
  round((100 * (s.engagement - s.x_low) / nullif(s.x_high - s.x_low, 0))::numeric, 1) as x_at,
  round((100 * (s.cx - s.y_low) / nullif(s.y_high - s.y_low, 0))::numeric, 1) as y_at,
  s.block_label || ', ' || to_char(s.period_start, '"Q"Q YYYY') || ': engagement ' || to_char(100 * s.engagement, 'FM990') || ' % of ' || s.employees
    || ' employees, satisfied ' || to_char(100 * s.cx, 'FM990') || ' % of ' || s.cx_n || ' customers' as hint,
  to_char(100 * s.x_low, 'FM990') || ' %' as x_low_text,
  to_char(100 * s.x_high, 'FM990') || ' %' as x_high_text,
  to_char(100 * s.y_low, 'FM990') || ' %' as y_low_text,
  to_char(100 * s.y_high, 'FM990') || ' %' as y_high_text,
  count(*) over () || ' units in their quarters. Correlation in the same quarter: '
    || coalesce((
      select to_char(l.value, 'FMSG0.00') || ', 95 % interval ' || to_char(l.low, 'FMSG0.00') || ' to ' || to_char(l.high, 'FMSG0.00')
      from marts_exec.link_result as l
      where l.ex_metric = 'engagement' and l.lag = 'same' and l.statistic = 'correlation'
    ), 'too few units to say') || '.' as plot_note
from scaled as s
