{%- set engagement = people_setting('engagement') %}
-- A response that leaves out more than half of the items is no answer to the survey. The team is an id of the HR system.
with answers as (
    select
        answers.*,
        {{ surrogate_key('respondent', ['answers.source', 'answers.survey_source_id', 'answers.response_source_id']) }} as respondent_token,
        cast({{ dbt.date_trunc('quarter', business_day('answers.answered_at')) }} as date) as cycle,
        case
            when answers.measure = 'nps' then 'nps'
            {%- for item, questions in engagement.items() %}
            when answers.survey_source_id || ':' || answers.question_id in ({{ words_as_written(questions) }}) then '{{ item }}'
            {%- endfor %}
        end as item
    from {{ ref('input__survey_answers') }} as answers
    where answers.survey_type = 'employee'
        and answers.response_source_id is not null
        and answers.answered_at is not null
        and answers.score between answers.scale_min and answers.scale_max
        and not coalesce(answers.is_deleted, false)
        and not coalesce(answers.is_test, false)
),

units as (
    select source_id, org_unit_key, row_number() over (partition by source_id order by source) as unit_number
    from {{ ref('dim_org_unit') }}
    where is_current
),

once as (
    select
        *,
        count(*) over (partition by respondent_token) as answered,
        row_number() over (partition by respondent_token, item order by source_id) as item_number
    from answers
    where item is not null
)

select
    {{ surrogate_key('engagement_answer', ['once.source', 'once.source_id']) }} as answer_key,
    once.source,
    once.respondent_token,
    once.cycle,
    {{ dbt.dateadd('month', 3, 'once.cycle') }} <= present.present_day as is_closed,
    units.org_unit_key,
    once.item,
    once.score,
    once.answered * 2 >= {{ engagement | length + 1 }} as is_valid,
    once.answered_at,
    once.loaded_at
from once
cross join {{ ref('int_people__present') }} as present
left join units on once.org_unit_source_id = units.source_id and units.unit_number = 1
where once.item_number = 1
