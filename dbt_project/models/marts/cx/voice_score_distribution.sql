-- How answers spread over the scale. A survey with fewer than five answers in a month shows no counts.
with counted as (
    select
        days.month_start as month,
        case when answers.measure = 'nps' then 'nps_' || answers.survey_type else answers.measure end as measure,
        answers.survey,
        answers.score,
        count(*) as answers
    from {{ ref('int_cases__survey_answers') }} as answers
    inner join {{ ref('dim_date') }} as days on answers.answered_day = days.day
    where answers.is_answered and answers.score is not null and answers.measure in ('nps', 'csat', 'ces', 'csat_binary')
    group by days.month_start, answers.measure, answers.survey_type, answers.survey, answers.score
)

select
    month,
    measure,
    survey,
    score,
    cast(case when sum(answers) over (partition by month, measure, survey) >= 5 then answers end as bigint) as answers
from counted
