{{ config(enabled='export_qualtrics' in var('sources')) }}
-- A response with what is known of its survey and its invitation.
with invitations as (
    select
        response_id,
        min(sent_at) as sent_at,
        max(contact_id) as contact_id
    from {{ newest(source('export_qualtrics', 'distribution_contacts'), ['distribution_id', 'contact_id']) }} as sent
    where response_id is not null
    group by response_id
)

select
    responses.id as response_id,
    responses.survey_id,
    surveys.survey_name,
    case when surveys.project_category = 'EX' then 'employee' else 'relationship' end as survey_type,
    responses.recipient_email_token,
    invitations.contact_id,
    responses.distribution_channel,
    lower(responses.user_language) as language,
    coalesce(responses.finished, false) as is_complete,
    responses.status in (1, 2, 9, 17) as is_test,
    {{ to_utc('coalesce(invitations.sent_at, responses.start_date)') }} as invited_at,
    {{ to_utc('coalesce(responses.recorded_date, responses.end_date)') }} as recorded_at,
    {{ to_utc('responses._loaded_at') }} as loaded_at,
    responses._is_deleted or responses.status in (8, 12) as is_deleted
from {{ newest(source('export_qualtrics', 'survey_responses')) }} as responses
left join {{ newest(source('export_qualtrics', 'surveys')) }} as surveys on responses.survey_id = surveys.id
left join invitations on responses.id = invitations.response_id
