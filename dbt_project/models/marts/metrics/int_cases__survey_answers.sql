-- Valid answers and invitations; an answer about a ticket that does not count itself is left out.
with partners as (
    select party_key, min(role) as role
    from {{ ref('dim_party_role') }}
    where role in ('partner', 'supplier') and is_current
    group by party_key
)

select
    answers.survey_answer_key,
    answers.answered_day,
    answers.country,
    answers.segment,
    answers.industry,
    answers.strategic,
    answers.channel,
    answers.queue,
    answers.survey,
    answers.touchpoint,
    answers.stage,
    coalesce(persons.role, accounts.role, 'customer') as role,
    answers.reason,
    answers.item,
    answers.survey_type,
    answers.measure,
    answers.scale_min,
    answers.scale_max,
    answers.score,
    answers.score_meaning,
    answers.is_correct,
    answers.account_key,
    answers.person_key,
    answers.is_answered,
    answers.is_invitation_known
from {{ ref('fct_survey_answer') }} as answers
left join partners as persons on answers.person_key = persons.party_key
left join partners as accounts on answers.account_key = accounts.party_key
where answers.is_valid and answers.is_trigger_valid
