-- How far those who answered stand for all who were asked, survey by survey, in the last complete quarter.
with quarter as (
  select date_trunc('quarter', coalesce(max(data_as_of), now()))::date as until_quarter
  from marts_cx.release_status
),
found as (
  select r.*, max(r.period_start) over () as newest
  from marts_cx.voice_representativity as r
  cross join quarter as q
  where r.period_start < q.until_quarter
)
select
  survey, asked, answered,
  to_char(100 * answer_rate, 'FM990') || ' %' as answered_text,
  case when r is null then 'cannot tell' else to_char(r, 'FM0.00') || ' (' || to_char(r_low, 'FM0.00') || ' to ' || to_char(r_high, 'FM0.00') || ')' end as r_text,
  coalesce(refused_reason, 'by ' || fields) as explanation
from found
where period_start = newest
