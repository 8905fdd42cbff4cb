-- What moves the relationship score, answers and what systems saw together, beside what people say matters: the last complete quarter with a model.
with quarter as (
  select date_trunc('quarter', coalesce(max(data_as_of), now()))::date as until_quarter
  from marts_cx.release_status
),
found as (
  select d.*, max(d.period_start) over () as newest
  from marts_cx.voice_driver as d
  cross join quarter as q
  where d.model = 'drivers and operations' and d.period_start < q.until_quarter
)
select
  row_number() over (order by share desc, driver) as place,
  replace(driver, '_', ' ') as driver,
  case kind when 'survey' then 'answers' else 'systems' end as seen_by,
  to_char(100 * share, 'FM990') || ' %' as share_text,
  to_char(100 * share_low, 'FM990') || ' to ' || to_char(100 * share_high, 'FM990') || ' %' as interval_text,
  case when stated is null then 'not asked' else to_char(stated, 'FM990.0') || ' of 10' end as stated_text,
  quadrant,
  verdict,
  case when is_surprise then 'yes' else '' end as surprise_text,
  n
from found
where period_start = newest
