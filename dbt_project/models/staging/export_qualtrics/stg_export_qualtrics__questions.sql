{{ config(enabled='export_qualtrics' in var('sources')) }}
-- What a question measures can be told only of the vendor's own NPS question and of questions that ask for text.
select
    survey_id,
    id as question_id,
    case when selector = 'NPS' then 'nps' when question_type = 'TE' then 'text' else 'driver' end as measure
from {{ newest(source('export_qualtrics', 'questions'), ['survey_id', 'id']) }} as questions
