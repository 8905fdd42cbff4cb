-- What people like and what pains them, by what they write: distinct persons in the last complete quarter, most first.
with quarter as (
  select date_trunc('quarter', coalesce(max(data_as_of), now()))::date as until_quarter
  from marts_cx.release_status
),
found as (
  select p.*, max(p.period_start) over () as newest
  from marts_cx.voice_pain_gain as p
  cross join quarter as q
  where p.period_start < q.until_quarter
)
select
  row_number() over (order by persons desc, topic) as place,
  kind,
  replace(topic, '_', ' ') as topic,
  persons,
  to_char(100 * share, 'FM990') || ' %' as share_text,
  to_char(100 * share_low, 'FM990') || ' to ' || to_char(100 * share_high, 'FM990') || ' %' as interval_text,
  case when median_effort is null then 'not asked' else to_char(median_effort, 'FM990.0') || ' of 7' end as effort_text
from found
where period_start = newest
