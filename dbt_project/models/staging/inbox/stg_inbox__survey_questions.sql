{{ config(enabled='inbox_survey' in var('sources')) }}
select
    'inbox' as source,
    id as source_id,
    survey_id as survey_source_id,
    question_id,
    wording,
    {{ to_utc('worded_since') }} as worded_since,
    {{ to_utc('_loaded_at') }} as loaded_at,
    _is_deleted as is_deleted
from {{ newest(source('inbox_survey', 'survey_questions')) }} as survey_questions
