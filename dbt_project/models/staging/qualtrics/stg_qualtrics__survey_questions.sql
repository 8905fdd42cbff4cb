{{ config(enabled='qualtrics' in var('sources')) }}
-- The wording of questions, a row each time it was another. A line of a matrix is a question; one answered in words ends in _TEXT.
with versions as (
    select
        *,
        question_type = 'Matrix' and choices is not null as is_matrix
    from {{ source('qualtrics', 'questions') }}
),

questions as (
    select
        versions.*,
        case when question_type = 'TE' then question_id || '_TEXT' else question_id end as answer_id,
        question_text as wording
    from versions
    where not is_matrix
    union all
    select
        versions.*,
        versions.question_id || '_' || members.name as answer_id,
        {{ json_text('members.item', 'Display') }} as wording
    from versions {{ json_members('choices', 'members') }}
    where versions.is_matrix
)

select
    'qualtrics' as source,
    survey_id || ':' || answer_id || ':' || _row_hash as source_id,
    survey_id as survey_source_id,
    answer_id as question_id,
    wording,
    {{ to_utc('_loaded_at') }} as worded_since,
    {{ to_utc('_loaded_at') }} as loaded_at,
    _is_deleted as is_deleted
from questions
