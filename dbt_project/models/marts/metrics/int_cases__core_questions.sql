with days as (
    select dates.day
    from {{ ref('dim_date') }} as dates
    inner join (select min(happened_day) as first_day, max(happened_day) as last_day from {{ ref('fct_web_event') }}) as seen
        on dates.day between seen.first_day and seen.last_day
),

questions as (
    {% for question in ['what', 'price', 'how', 'security', 'help'] %}
    select '{{ question }}' as question
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select
    questions.question || ':' || cast(days.day as {{ dbt.type_string() }}) as core_question_key,
    days.day,
    {{ all_of(['country', 'segment', 'industry', 'strategic', 'channel', 'queue', 'survey', 'touchpoint', 'stage', 'role', 'reason']) }},
    cast(questions.question as {{ dbt.type_string() }}) as item,
    count(content.content_sk) > 0 as is_ungated
from days
cross join questions
left join {{ ref('dim_content') }} as content
    on questions.question = content.core_question and not content.is_gated
    and cast(days.day as timestamp) >= content.valid_from and cast(days.day as timestamp) < content.valid_to
group by questions.question, days.day
