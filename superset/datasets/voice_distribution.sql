-- How answers spread over the scale in the last three complete months; a score nobody gave counts 0.
with window_of_months as (
  select date_trunc('month', coalesce(max(data_as_of), now()))::date as until_month
  from marts_cx.release_status
),
given as (
  select d.measure, cast(d.score as integer) as score, sum(d.answers) as answers
  from marts_cx.voice_score_distribution as d
  cross join window_of_months as w
  where d.month < w.until_month and d.month >= w.until_month - interval '3 months' and d.answers is not null
  group by d.measure, cast(d.score as integer)
),
scales (measure, lowest, highest) as (
  values ('nps_relationship', 0, 10), ('nps_transactional', 0, 10), ('csat', 1, 5), ('ces', 1, 7), ('csat_binary', 0, 1)
),
steps as (
  select s.measure, generate_series(s.lowest, s.highest) as score
  from scales as s
  where s.measure in (select measure from given)
)
select steps.measure, steps.score, lpad(cast(steps.score as text), 2, ' ') as score_label, coalesce(given.answers, 0) as answers
from steps
left join given on steps.measure = given.measure and steps.score = given.score
