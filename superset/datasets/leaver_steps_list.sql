-- The five steps of parting, notices of the last complete quarter: done in time with its interval, and what became of the rest.
with newest as (
  select max(f.quarter) as quarter
  from marts_cx.leaver_funnel as f
  where f.quarter < (select date_trunc('quarter', coalesce(max(data_as_of), now())) from marts_cx.release_status)
)
select
  f.step_number as position,
  cast(null as text) as group_title,
  f.step_number || '. ' || f.item as name,
  case when f.leavers >= 5 then f.late || ' late, ' || f.missed || ' missed, ' || f.still_open || ' still open' end as note,
  cast(null as text) as flag_text,
  cast(null as text) as flag,
  case when f.leavers < 5 then 'hidden' when f.done_share is null then 'empty' when f.done + f.late + f.missed < 30 then 'imprecise' else 'shown' end as state,
  case when f.leavers < 5 then 'hidden' when f.done_share is null then 'open' else to_char(100 * f.done_share, 'FM990.0') || ' %' end as value_text,
  case when f.leavers >= 5 then to_char(100 * f.done_low, 'FM990.0') || ' to ' || to_char(100 * f.done_high, 'FM990.0') || ' %' end as interval_text,
  case when f.leavers >= 5 then to_char(f.done + f.late + f.missed, 'FM999,990') end as n_text,
  cast(null as text) as coverage_text,
  cast(null as text) as target_text,
  cast(null as text) as change_text,
  cast(null as text) as change_class,
  case when f.leavers >= 5 then round((100 * f.done_share)::numeric, 1) end as value_at,
  case when f.leavers >= 5 then round((100 * f.done_low)::numeric, 1) end as low_at,
  case when f.leavers >= 5 then round((100 * (f.done_high - f.done_low))::numeric, 1) end as interval_width,
  cast(null as numeric) as target_at,
  cast(null as numeric) as zero_at,
  'Notices of ' || to_char(f.quarter, '"Q"Q YYYY') as period_label,
  cast(null as text) as missing_text,
  case when f.leavers < 5 then 'n < 5' end as suppressed_reason,
  f.done + f.late + f.missed < 30 as low_precision
from marts_cx.leaver_funnel as f
inner join newest as n on f.quarter = n.quarter
where f.reason = 'all'
