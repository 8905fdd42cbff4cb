-- Invitations to surveys of customers with what metrics cut by. Where a survey tool tells the contact it asks about only with the answer,
-- channel, queue and reason are unknown of all its invitations: rates by what answers alone tell would be of those who answered.
{%- set told = ['channel', 'queue', 'reason'] %}
with known as (
    select
        survey,
        {%- for word in told %}
        avg(case when not is_answered then case when {{ word }} <> 'unknown' then 1.0 else 0.0 end end)
        >= 0.5 * avg(case when is_answered then case when {{ word }} <> 'unknown' then 1.0 else 0.0 end end) as is_{{ word }}_told{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('fct_survey_invitation') }}
    where is_valid and is_told
    group by survey
)

select
    invitations.survey_invitation_key,
    invitations.invited_day,
    invitations.country,
    invitations.segment,
    invitations.industry,
    invitations.strategic,
    {%- for word in ['channel', 'queue'] %}
    case when coalesce(known.is_{{ word }}_told, true) then invitations.{{ word }} else 'unknown' end as {{ word }},
    {%- endfor %}
    invitations.survey,
    invitations.touchpoint,
    {{ all_of(['stage', 'role']) }},
    case when coalesce(known.is_reason_told, true) then invitations.reason else 'unknown' end as reason,
    {{ all_of(['item']) }},
    invitations.survey_type,
    invitations.account_key,
    invitations.disposition,
    invitations.answer_minutes,
    invitations.is_too_quick,
    invitations.is_invitation_known,
    invitations.is_matured,
    invitations.is_valid
from {{ ref('fct_survey_invitation') }} as invitations
left join known on invitations.survey = known.survey
where invitations.invited_day is not null
