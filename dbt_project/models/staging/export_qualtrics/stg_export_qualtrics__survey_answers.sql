{{ config(enabled='export_qualtrics' in var('sources')) }}
-- One answer to one question. An answer whose response is not in the export has no time, survey or person.
select
    'export_qualtrics' as source,
    answers.fivetran_id as source_id,
    responses.survey_id as survey_source_id,
    responses.survey_name,
    responses.survey_type,
    coalesce(questions.measure, 'driver') as measure,
    answers.question_id,
    case when questions.measure = 'nps' then cast(0 as {{ dbt.type_float() }}) end as scale_min,
    case when questions.measure = 'nps' then cast(10 as {{ dbt.type_float() }}) end as scale_max,
    case
        when answers.value_redacted in ({% for number in range(101) %}'{{ number }}'{{ ', ' if not loop.last }}{% endfor %})
            then cast(answers.value_redacted as {{ dbt.type_float() }})
    end as score,
    answers.text_redacted as comment_redacted,
    responses.recipient_email_token as person_email_token,
    responses.contact_id as person_source_id,
    responses.distribution_channel as channel,
    responses.language,
    responses.invited_at,
    responses.recorded_at as answered_at,
    coalesce(responses.is_complete, false) as is_complete,
    coalesce(responses.is_test, false) as is_test,
    {{ to_utc('answers._loaded_at') }} as loaded_at,
    answers._is_deleted or coalesce(responses.is_deleted, false) as is_deleted
from {{ newest(source('export_qualtrics', 'question_responses'), ['fivetran_id']) }} as answers
left join {{ ref('stg_export_qualtrics__responses') }} as responses on answers.response_id = responses.response_id
left join {{ ref('stg_export_qualtrics__questions') }} as questions
    on responses.survey_id = questions.survey_id and answers.question_id = questions.question_id
