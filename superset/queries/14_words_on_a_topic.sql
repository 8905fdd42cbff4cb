-- Redacted words of unsatisfied customers
-- Comments with the lowest scores of the last ninety days. Names and contacts were taken out before they landed here.
select a.answered_day, a.survey, a.touchpoint, a.language, a.score, a.scale_max, a.comment_redacted
from marts_cx.fct_survey_answer as a
cross join marts_cx.release_status as s
where a.is_valid and a.measure = 'csat' and a.score <= 2 and a.comment_redacted is not null
  and a.answered_day >= cast(s.data_as_of as date) - 90
order by a.answered_day desc
limit 100
