-- How answers spread over the scale in the last three complete months.
with window_of_months as (
  select date_trunc('month', coalesce(max(data_as_of), now()))::date as until_month
  from marts_cx.release_status
)
select d.measure, d.survey, cast(d.score as integer) as score, lpad(cast(cast(d.score as integer) as text), 2, ' ') as score_label, d.answers
from marts_cx.voice_score_distribution as d
cross join window_of_months as w
where d.month < w.until_month and d.month >= w.until_month - interval '3 months' and d.answers is not null
