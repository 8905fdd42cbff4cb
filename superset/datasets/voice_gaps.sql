-- What people expect and what they get, point of contact by point of contact: the last complete quarter with answers on both sides.
with quarter as (
  select date_trunc('quarter', coalesce(max(data_as_of), now()))::date as until_quarter
  from marts_cx.release_status
),
cells as (
  select v.*, max(v.period_start) filter (where v.metric = 'expectation_gap') over () as newest
  from marts_cx.metric_value as v
  cross join quarter as q
  where v.metric in ('expectation_gap', 'expectation_level', 'perception_level') and v.grain = 'quarter' and v.period_start < q.until_quarter
    and v.touchpoint <> 'all' and v.strategic = 'all' and v.value is not null
)
select
  replace(touchpoint, '_', ' ') as touchpoint,
  to_char(max(value) filter (where metric = 'expectation_level'), 'FM990.0') as expected_text,
  to_char(max(value) filter (where metric = 'perception_level'), 'FM990.0') as perceived_text,
  to_char(max(value) filter (where metric = 'expectation_gap'), 'FMS990.00') as gap_text,
  to_char(max(ci_low) filter (where metric = 'expectation_gap'), 'FMS990.00') || ' to '
    || to_char(max(ci_high) filter (where metric = 'expectation_gap'), 'FMS990.00') as interval_text,
  max(n) filter (where metric = 'expectation_gap') as n,
  max(value) filter (where metric = 'expectation_gap') as gap
from cells
where period_start = newest
group by touchpoint
having max(value) filter (where metric = 'expectation_gap') is not null
