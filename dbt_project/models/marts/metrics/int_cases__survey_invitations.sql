-- Invitations to surveys of customers with what metrics cut by.
select
    survey_invitation_key,
    invited_day,
    country,
    segment,
    industry,
    strategic,
    channel,
    queue,
    survey,
    touchpoint,
    {{ all_of(['stage', 'role']) }},
    reason,
    {{ all_of(['item']) }},
    survey_type,
    account_key,
    disposition,
    answer_minutes,
    is_too_quick,
    is_invitation_known,
    is_matured,
    is_valid
from {{ ref('fct_survey_invitation') }}
where invited_day is not null
