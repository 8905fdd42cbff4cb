{{ config(enabled='limesurvey' in var('sources'), materialized='table', indexes=[{'columns': ['survey_id', 'response_id'], 'unique': True}]) }}
-- What all answers of a response share. Who answered is known from the list of participants, which an anonymous survey has not.
select
    responses.survey_id,
    responses.survey_name,
    responses.response_id,
    participants.email_token as person_email_token,
    nullif(participants.ticket_id, '') as ticket_id,
    participants.country,
    nullif(participants.channel, '') as channel,
    responses.language,
    {{ to_utc('coalesce(participants.sent_at, responses.started_at)') }} as invited_at,
    {{ to_utc('coalesce(responses.submitted_at, responses.changed_at)') }} as answered_at,
    responses.submitted_at is not null as is_complete,
    {{ to_utc('responses._loaded_at') }} as loaded_at,
    responses._is_deleted as is_deleted
from {{ newest(source('limesurvey', 'responses'), ['survey_id', 'response_id']) }} as responses
left join (
    select
        *,
        row_number() over (partition by survey_id, participant_token order by _is_deleted, tid) as participant_number
    from {{ newest(source('limesurvey', 'participants'), ['survey_id', 'tid']) }} as newest_participants
) as participants
    on
        responses.survey_id = participants.survey_id
        and responses.participant_token = participants.participant_token
        and participants.participant_number = 1
