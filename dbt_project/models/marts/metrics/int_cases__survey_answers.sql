-- Valid answers and invitations; an answer about a ticket that does not count itself is left out.
select
    survey_answer_key,
    answered_day,
    country,
    segment,
    industry,
    strategic,
    channel,
    queue,
    survey,
    touchpoint,
    stage,
    {{ all_of(['role']) }},
    reason,
    item,
    survey_type,
    measure,
    scale_min,
    scale_max,
    score,
    score_meaning,
    is_correct,
    account_key,
    person_key,
    is_answered,
    is_invitation_known
from {{ ref('fct_survey_answer') }}
where is_valid and is_trigger_valid
