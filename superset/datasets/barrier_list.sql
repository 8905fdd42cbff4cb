-- Five barriers to measuring well, and the numbers that show how high each stands: last complete quarter, or the platform's own count.
with measured as (
  select
    m.barrier, m.title as barrier_title, r.title as name, r.state, r.value_text, r.interval_text, r.n_text, r.coverage_text, r.target_text,
    r.change_text, r.change_class, r.value_at, r.low_at, r.interval_width, r.target_at, r.zero_at, r.period_label, r.missing_text,
    r.suppressed_reason, r.low_precision
  from marts_cx.barrier_meter as m
  cross join lateral (
    select * from {{ metric_reading }} as every_cell where every_cell.metric = m.metric and every_cell.is_quarter offset 0
  ) as r
),
counted as (
  select
    m.barrier, m.title as barrier_title,
    case m.metric
      when 'values_with_interval' then 'Values that carry an interval'
      when 'listening_coverage' then 'Combinations of stage, channel and role that are heard'
      when 'stages_owned_across_functions' then 'Stages with one owner and two functions'
      else replace(m.metric, '_', ' ')
    end as name,
    m.value, m.ci_low, m.ci_high, m.n
  from marts_cx.barrier_meter as m
  where m.metric not in (select d.metric from marts_cx.metric_definition as d)
),
listed as (
  select
    barrier, barrier_title, name, state, value_text, interval_text, n_text, coverage_text, target_text, change_text, change_class, value_at, low_at,
    interval_width, target_at, zero_at, period_label, missing_text, suppressed_reason, low_precision
  from measured
  union all
  select
    barrier, barrier_title, name, case when value is null then 'empty' else 'shown' end, coalesce(to_char(100 * value, 'FM990.0') || ' %', '–'),
    to_char(100 * ci_low, 'FM990.0') || ' to ' || to_char(100 * ci_high, 'FM990.0') || ' %', to_char(n, 'FM999,999,990'), null, null, null, 'flat',
    round((100 * value)::numeric, 1), round((100 * ci_low)::numeric, 1), round(greatest(1, 100 * (ci_high - ci_low))::numeric, 1), null, null,
    null, null, null, false
  from counted
)
select
  barrier,
  row_number() over (order by barrier, name) as position,
  case when row_number() over (partition by barrier order by name) = 1 then 'Barrier ' || barrier || ': ' || barrier_title end as group_title,
  name,
  cast(null as text) as note,
  cast(null as text) as flag_text,
  cast(null as text) as flag,
  state, value_text, interval_text, n_text, coverage_text, target_text, change_text, change_class, value_at, low_at, interval_width, target_at,
  zero_at, max(period_label) over () as period_label, missing_text, suppressed_reason, low_precision
from listed
