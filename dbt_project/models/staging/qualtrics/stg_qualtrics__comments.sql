{{ config(
    enabled='qualtrics' in var('sources'),
    meta={'delta': {
        'key': ['survey_id', 'response_id'],
        'ids': "select '{source}', response_id || ':' || question_id from raw_qualtrics.comments where (survey_id, response_id) in ({touched})",
        'touched_by': {'qualtrics.comments': ['survey_id', 'response_id'], 'qualtrics.responses': ['survey_id', 'response_id']}
    }}
) }}
-- Answers in words: no score, measure `text`.
select
    'qualtrics' as source,
    comments.response_id || ':' || comments.question_id as source_id,
    comments.survey_id as survey_source_id,
    coalesce(responses.survey_name, comments.survey_id) as survey_name,
    coalesce(questions.survey_type, 'relationship') as survey_type,
    'text' as measure,
    comments.question_id,
    comments.response_id as response_source_id,
    comments.comment_redacted,
    responses.recipient_email_token as person_email_token,
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
    {{ to_utc('comments._loaded_at') }} as loaded_at,
    comments._is_deleted or coalesce(responses.is_deleted, false) as is_deleted
from {{ newest(source('qualtrics', 'comments'), ['survey_id', 'response_id', 'question_id'], ['survey_id', 'response_id']) }} as comments
left join {{ qualtrics_responses() }} as responses
    on comments.survey_id = responses.survey_id and comments.response_id = responses.response_id
left join ({{ survey_questions() }}) as questions
    on comments.survey_id = questions.survey_id and comments.question_id = questions.question_id
