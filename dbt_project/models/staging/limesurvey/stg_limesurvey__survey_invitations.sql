{{ config(enabled='limesurvey' in var('sources')) }}
-- Who was asked: the participants of surveys that are not anonymous. LimeSurvey does not tell who opened the invitation.
select
    'limesurvey' as source,
    participants.survey_id || ':' || participants.tid as source_id,
    participants.survey_id as survey_source_id,
    coalesce(listed.title, participants.survey_id) as survey_name,
    coalesce(surveys.survey_type, 'relationship') as survey_type,
    responses.survey_id || ':' || responses.response_id as response_source_id,
    participants.email_token as person_email_token,
    case when nullif(participants.ticket_id, '') is not null then surveys.trigger_source end as trigger_source,
    nullif(participants.ticket_id, '') as trigger_source_id,
    surveys.touchpoint,
    nullif(participants.channel, '') as channel,
    participants.country,
    participants.language,
    case
        when lower(participants.email_status) = 'bounced' then 'bounced'
        when lower(participants.email_status) = 'optout' then 'refused'
        when participants.sent_at is null then 'not sent'
        when participants.completed_at is not null then 'finished'
        when responses.response_id is not null then 'started'
        else 'sent'
    end as delivery_status,
    {{ to_utc('participants.sent_at') }} as invited_at,
    {{ to_utc('responses.started_at') }} as started_at,
    {{ to_utc('participants.completed_at') }} as completed_at,
    {{ to_utc('participants._loaded_at') }} as loaded_at,
    participants._is_deleted as is_deleted
from {{ newest(source('limesurvey', 'participants'), ['survey_id', 'tid']) }} as participants
left join {{ newest(source('limesurvey', 'responses'), ['survey_id', 'response_id']) }} as responses
    on participants.survey_id = responses.survey_id and participants.participant_token = responses.participant_token
left join {{ newest(source('limesurvey', 'surveys'), ['sid']) }} as listed on participants.survey_id = listed.sid
left join ({{ surveys() }}) as surveys on participants.survey_id = surveys.survey_id
