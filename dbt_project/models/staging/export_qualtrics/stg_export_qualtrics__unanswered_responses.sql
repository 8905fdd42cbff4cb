{{ config(enabled='export_qualtrics' in var('sources')) }}
-- Responses that were begun and hold no answer: they count as asked.
select
    'export_qualtrics' as source,
    'response:' || begun.id as source_id,
    responses.survey_id as survey_source_id,
    responses.survey_name,
    responses.survey_type,
    responses.recipient_email_token as person_email_token,
    responses.contact_id as person_source_id,
    responses.distribution_channel as channel,
    responses.language,
    responses.invited_at,
    responses.is_complete,
    responses.is_test,
    {{ to_utc('begun._loaded_at') }} as loaded_at,
    responses.is_deleted
from {{ newest(source('export_qualtrics', 'survey_responses')) }} as begun
inner join {{ ref('stg_export_qualtrics__responses') }} as responses on begun.id = responses.response_id
where not exists (
    select 1 from {{ source('export_qualtrics', 'question_responses') }} as answers
    where answers.response_id = begun.id
)
