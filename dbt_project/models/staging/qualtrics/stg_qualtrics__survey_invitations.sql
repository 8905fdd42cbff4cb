{{ config(enabled='qualtrics' in var('sources')) }}
-- Who was asked, by e-mail and personal link, and how far it got. The words of the status are those of the distribution history.
select
    'qualtrics' as source,
    invitations.distribution_id || ':' || invitations.contact_lookup_id as source_id,
    invitations.survey_id as survey_source_id,
    coalesce(invitations.survey_name, invitations.survey_id) as survey_name,
    coalesce(surveys.survey_type, 'relationship') as survey_type,
    invitations.response_id as response_source_id,
    contacts.email_token as person_email_token,
    responses.ticket_id as trigger_source_id,
    case when responses.ticket_id is not null then surveys.trigger_source end as trigger_source,
    surveys.touchpoint,
    responses.channel,
    responses.country,
    coalesce(lower(responses.user_language), contacts.language) as language,
    case
        when lower(invitations.status) in ('hardbounce', 'softbounce', 'failure') then 'bounced'
        when lower(invitations.status) in ('blocked', 'complaint') then 'refused'
        when lower(invitations.status) in ('skipped', 'pending', 'error') then 'not sent'
        when invitations.response_completed_at is not null then 'finished'
        when invitations.response_started_at is not null then 'started'
        when invitations.opened_at is not null then 'opened'
        else 'sent'
    end as delivery_status,
    {{ to_utc('coalesce(invitations.sent_at, invitations.mailing_sent_at)') }} as invited_at,
    {{ to_utc('invitations.opened_at') }} as opened_at,
    {{ to_utc('invitations.response_started_at') }} as started_at,
    {{ to_utc('invitations.response_completed_at') }} as completed_at,
    {{ to_utc('invitations._loaded_at') }} as loaded_at,
    invitations._is_deleted as is_deleted
from {{ newest(source('qualtrics', 'invitations'), ['distribution_id', 'contact_lookup_id']) }} as invitations
left join {{ newest(source('qualtrics', 'contacts'), ['contact_id']) }} as contacts on invitations.contact_id = contacts.contact_id
left join {{ qualtrics_responses() }} as responses
    on invitations.survey_id = responses.survey_id and invitations.response_id = responses.response_id
left join ({{ surveys() }}) as surveys on invitations.survey_id = surveys.survey_id
