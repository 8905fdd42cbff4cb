-- The tenth that gave the worst answers beside all who answered, in the last complete quarter.
with quarter as (
  select date_trunc('quarter', coalesce(max(data_as_of), now()))::date as until_quarter
  from marts_cx.release_status
),
found as (
  select w.*, d.title, max(w.period_start) over () as newest
  from marts_cx.voice_worst_decile as w
  inner join marts_cx.metric_definition as d on w.metric = d.metric
  cross join quarter as q
  where w.survey = 'all' and w.period_start < q.until_quarter
)
select
  title, answers, worst_answers,
  to_char(median_score, 'FM990.0') as median_text,
  to_char(mean_score, 'FM990.0') as mean_text,
  to_char(worst_mean_score, 'FM990.0') as worst_mean_text,
  to_char(worst_highest_score, 'FM990') as worst_highest_text,
  to_char(100 * lowest_share, 'FM990') || ' %' as lowest_text
from found
where period_start = newest
