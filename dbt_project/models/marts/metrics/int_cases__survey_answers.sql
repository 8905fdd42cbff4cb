-- Valid answers and invitations; an answer about a ticket takes the ticket's channel and queue.
select
    answers.survey_answer_key,
    answers.answered_day,
    case when answers.country <> 'unknown' then answers.country
        else coalesce(nullif(accounts.country, 'unknown'), persons.country, 'unknown') end as country,
    coalesce(accounts.segment, 'unknown') as segment,
    coalesce(accounts.industry, 'unknown') as industry,
    coalesce(accounts.strategic, 'unknown') as strategic,
    case when answers.channel <> 'unknown' then answers.channel else coalesce(tickets.channel, 'unknown') end as channel,
    coalesce(tickets.queue, 'unknown') as queue,
    answers.survey,
    answers.touchpoint,
    {{ all_of(['stage', 'role']) }},
    coalesce(tickets.reason, 'unknown') as reason,
    coalesce(answers.question_id, 'unknown') as item,
    answers.survey_type,
    answers.measure,
    answers.scale_min,
    answers.scale_max,
    answers.score,
    answers.is_answered,
    -- A source that never shows an unanswered invitation does not tell who was asked.
    max(case when answers.is_answered then 0 else 1 end) over (
        partition by answers.source, answers.survey, answers.measure
    ) = 1 as is_invitation_known
from {{ ref('fct_survey_answer') }} as answers
left join {{ ref('fct_ticket') }} as tickets on answers.ticket_key = tickets.ticket_key
{{ join_as_of('person', 'persons', 'coalesce(answers.person_key, tickets.person_key)', 'coalesce(answers.answered_at, answers.invited_at)') }}
{{ join_as_of('account', 'accounts', 'coalesce(answers.account_key, tickets.account_key, persons.account_key)', 'coalesce(answers.answered_at, answers.invited_at)') }}
where answers.is_valid and coalesce(tickets.is_valid, true)
