{{ config(enabled='limesurvey' in var('sources')) }}
-- The wording of questions, a row each time it was another. A line of an array is a question of its own, named `code[line]`.
select
    'limesurvey' as source,
    questions.sid || ':' || questions.qid || ':' || questions.language || ':' || questions._row_hash as source_id,
    questions.sid as survey_source_id,
    case when arrays.code is null then questions.code else arrays.code || '[' || questions.code || ']' end as question_id,
    questions.question_text as wording,
    {{ to_utc('questions._loaded_at') }} as worded_since,
    {{ to_utc('questions._loaded_at') }} as loaded_at,
    questions._is_deleted as is_deleted
from {{ source('limesurvey', 'questions') }} as questions
left join {{ newest(source('limesurvey', 'questions'), ['sid', 'qid', 'language']) }} as arrays
    on questions.sid = arrays.sid and questions.parent_qid = arrays.qid and questions.language = arrays.language
