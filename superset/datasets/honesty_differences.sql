-- Groups that are more or less present among the answers than among those who were asked, beyond what chance does: the last complete quarter.
with quarter as (
  select date_trunc('quarter', coalesce(max(data_as_of), now()))::date as until_quarter
  from marts_cx.release_status
),
found as (
  select b.*, max(b.period_start) over () as newest
  from marts_cx.voice_response_bias as b
  cross join quarter as q
  where b.period_start < q.until_quarter
)
select
  survey, replace(field, '_', ' ') as field, level, asked, answered,
  to_char(100 * asked_share, 'FM990') || ' %' as asked_text,
  to_char(100 * answered_share, 'FM990') || ' %' as answered_text,
  to_char(difference_standardised, 'FMS0.00') as difference_text
from found
where period_start = newest and is_flagged and is_beyond_chance
