-- How much each score may be believed: interval, bounds without assumption, and the value raked to all who were asked, in the last complete quarter.
with quarter as (
  select date_trunc('quarter', coalesce(max(data_as_of), now()))::date as until_quarter
  from marts_cx.release_status
),
found as (
  select
    b.*, d.title,
    max(b.period_start) over () as newest,
    case when d.unit = 'points' then 1 else 100 end as scale,
    case when d.unit = 'points' then '' else ' %' end as unit_text
  from marts_cx.voice_bounds as b
  inner join marts_cx.metric_definition as d on b.metric = d.metric
  cross join quarter as q
  where b.survey = 'all' and b.period_start < q.until_quarter
)
select
  title, asked, n,
  to_char(100 * answer_rate, 'FM990') || ' %' as answered_text,
  to_char(scale * value, 'FM990') || unit_text as value_text,
  to_char(scale * ci_low, 'FM990') || ' to ' || to_char(scale * ci_high, 'FM990') || unit_text as interval_text,
  to_char(scale * bound_low, 'FM990') || ' to ' || to_char(scale * bound_high, 'FM990') || unit_text as bounds_text,
  case
    when raked_value is null then not_raked_reason
    else to_char(scale * raked_value, 'FM990') || unit_text || ' (' || to_char(scale * raked_low, 'FM990') || ' to ' || to_char(scale * raked_high, 'FM990')
      || '), as much as ' || to_char(n_effective, 'FM999,990') || ' answers'
  end as raked_text,
  case
    when late_difference is null then 'fewer than 5 late answers'
    else to_char(scale * late_difference, 'FMS990') || ' points (' || to_char(scale * late_difference_low, 'FM990') || ' to '
      || to_char(scale * late_difference_high, 'FM990') || ')'
  end as late_text
from found
where period_start = newest
