{{ config(
    enabled='qualtrics' in var('sources'),
    meta={'delta': {'key': ['survey_id', 'response_id'],
        'ids': "select '{source}', response_id || ':' || question_id from raw_qualtrics.answers where (survey_id, response_id) in ({touched})",
        'touched_by': {'qualtrics.answers': ['survey_id', 'response_id'], 'qualtrics.responses': ['survey_id', 'response_id']}
    }}
) }}
-- One answer to one question. What a question measures stands in config/surveys.yml; one that is not there is a driver without a scale.
select
    'qualtrics' as source,
    answers.response_id || ':' || answers.question_id as source_id,
    answers.survey_id as survey_source_id,
    coalesce(responses.survey_name, answers.survey_id) as survey_name,
    coalesce(questions.survey_type, 'relationship') as survey_type,
    coalesce(questions.measure, 'driver') as measure,
    answers.question_id,
    answers.response_id as response_source_id,
    questions.scale_min,
    questions.scale_max,
    {{ json_number('answers.answer') }} as score,
    cast(null as {{ dbt.type_string() }}) as comment_redacted,
    responses.recipient_email_token as person_email_token,
    responses.team_id as org_unit_source_id,
    case when responses.ticket_id is not null then questions.trigger_source end as trigger_source,
    responses.ticket_id as trigger_source_id,
    questions.touchpoint,
    responses.channel,
    responses.country,
    responses.user_language as language,
    responses.started_at as invited_at,
    responses.recorded_at as answered_at,
    coalesce(responses.is_complete, false) as is_complete,
    coalesce(responses.is_test or responses.is_spam, false) as is_test,
    {{ to_utc('answers._loaded_at') }} as loaded_at,
    answers._is_deleted or coalesce(responses.is_deleted, false) as is_deleted
from {{ newest(source('qualtrics', 'answers'), ['survey_id', 'response_id', 'question_id'], ['survey_id', 'response_id']) }} as answers
left join {{ qualtrics_responses() }} as responses
    on answers.survey_id = responses.survey_id and answers.response_id = responses.response_id
left join ({{ survey_questions() }}) as questions
    on answers.survey_id = questions.survey_id and answers.question_id = questions.question_id
