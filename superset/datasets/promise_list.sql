-- Every touchpoint with what is promised there, the weakest first: how often it was kept in the last complete quarter.
with reading as (
  select *
  from {{ metric_reading }} as every_cell
  where every_cell.metric = 'promise_kept' and every_cell.cut = 'touchpoint' and every_cell.grain = 'quarter' and every_cell.is_latest
),
promises as (
  select touchpoint_key, string_agg(promise_redacted || coalesce(' (' || owner || ')', ''), ' ' order by promise_key) as said
  from marts_cx.dim_promise
  where is_current
  group by touchpoint_key
)
select
  row_number() over (
    order by coalesce(w.is_weakest, false) desc, case when r.n >= 30 then 0 else 1 end, r.value nulls last, r.member
  ) as position,
  cast(null as text) as group_title,
  r.member as name,
  p.said as note,
  case when w.is_clearly_weakest then 'clearly the weakest' when w.is_weakest then 'lowest' end as flag_text,
  case when w.is_clearly_weakest then 'alert' else 'plain' end as flag,
  r.state, r.value_text, r.interval_text, r.n_text, r.coverage_text, r.target_text, r.change_text, r.change_class, r.value_at, r.low_at,
  r.interval_width, r.target_at, r.zero_at, r.period_label, r.missing_text, r.suppressed_reason, r.low_precision
from reading as r
left join marts_cx.promise_touchpoint as w
  on r.member_key = w.touchpoint and w.grain = 'quarter' and r.period_start = w.period_start
left join promises as p on r.member_key = p.touchpoint_key
