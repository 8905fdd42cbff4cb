-- Both loops. Inner: each answer that calls for an answer (a score of 6 or less of 10, 2 or less of 5, ease 2 or less of 7, or "please call"),
-- one alert a response. Outer: what leaders have agreed to improve.
with clock as (
    select max(happened_at) as now_at from {{ ref('fct_interaction') }}
),

raised as (
    select *
    from (
        select
            answers.*,
            case
                when answers.measure = 'nps' and answers.score <= 6 then 'nps'
                when answers.measure = 'csat' and answers.scale_max = 5 and answers.score <= 2 then 'csat'
                when answers.measure = 'ces' and answers.scale_max = 7 and answers.score <= 2 then 'ces'
                when lower(answers.comment_redacted) like '%please call%' or lower(answers.comment_redacted) like '%call me%' then 'please_call'
            end as trigger_rule
        from {{ ref('fct_survey_answer') }} as answers
        where answers.is_valid and answers.is_trigger_valid and answers.is_answered and answers.answered_at is not null
    ) as judged
    where trigger_rule is not null
),

alerts as (
    select *
    from (
        select
            raised.*,
            row_number() over (partition by coalesce(raised.survey_response_key, raised.survey_answer_key) order by raised.score asc nulls last, raised.measure asc) as pick
        from raised
    ) as numbered
    where pick = 1
),

contacts as (
    select tickets.person_key, events.happened_at
    from {{ ref('fct_ticket_event') }} as events
    inner join {{ ref('fct_ticket') }} as tickets on events.ticket_key = tickets.ticket_key and tickets.is_valid
    where events.event_type = 'comment' and events.is_public and events.actor_type = 'agent' and tickets.person_key is not null
    union all
    select person_key, happened_at
    from {{ ref('fct_interaction') }}
    where interaction_type in ('crm_call', 'crm_email', 'crm_meeting') and person_key is not null
),

contacted as (
    select alerts.survey_answer_key, min(contacts.happened_at) as contacted_at
    from alerts
    inner join contacts
        on alerts.person_key = contacts.person_key
        and contacts.happened_at > alerts.answered_at and contacts.happened_at <= {{ dbt.dateadd('day', 30, 'alerts.answered_at') }}
    group by alerts.survey_answer_key
),

resolved as (
    select contacted.survey_answer_key, min(tickets.last_solved_at) as done_at
    from contacted
    inner join alerts on contacted.survey_answer_key = alerts.survey_answer_key
    inner join {{ ref('fct_ticket') }} as tickets
        on alerts.person_key = tickets.person_key and tickets.is_valid and tickets.last_solved_at >= contacted.contacted_at
    group by contacted.survey_answer_key
),

next_scores as (
    select survey_answer_key, result
    from (
        select
            alerts.survey_answer_key,
            later.score as result,
            row_number() over (partition by alerts.survey_answer_key order by later.answered_at asc, later.survey_answer_key asc) as pick
        from alerts
        inner join {{ ref('fct_survey_answer') }} as later
            on alerts.person_key = later.person_key and alerts.measure = later.measure and alerts.scale_max = later.scale_max
            and later.is_valid and later.is_answered and later.score is not null and later.answered_at > alerts.answered_at
    ) as numbered
    where pick = 1
)

select
    {{ surrogate_key('alert', ['alerts.survey_answer_key']) }} as action_key,
    cast('inner' as {{ dbt.type_string() }}) as loop,
    cast(alerts.trigger_rule as {{ dbt.type_string() }}) as trigger_rule,
    {{ typed_null('string') }} as owner,
    alerts.person_key,
    alerts.account_key,
    alerts.survey_answer_key,
    alerts.measure as metric,
    {% for name in ['queue', 'channel', 'touchpoint', 'country', 'segment', 'industry', 'strategic'] %}
    coalesce(alerts.{{ name }}, 'unknown') as {{ name }},
    {% endfor %}
    alerts.answered_at as opened_at,
    alerts.answered_day as opened_day,
    {{ dbt.dateadd('day', 2, 'alerts.answered_at') }} as due_at,
    contacted.contacted_at,
    resolved.done_at,
    alerts.score as baseline,
    next_scores.result,
    {{ typed_null('float') }} as success_at,
    clock.now_at
from alerts
cross join clock
left join contacted on alerts.survey_answer_key = contacted.survey_answer_key
left join resolved on alerts.survey_answer_key = resolved.survey_answer_key
left join next_scores on alerts.survey_answer_key = next_scores.survey_answer_key
union all
select
    actions.action_key, 'outer', null, actions.owner, null, null, null, actions.metric,
    'all', 'all', coalesce(actions.touchpoint_key, 'all'), 'all', 'all', 'all', 'all',
    cast(actions.opened_on as timestamp), actions.opened_on, cast(actions.due_on as timestamp), null, cast(actions.done_on as timestamp),
    actions.baseline, actions.result, actions.success_at, clock.now_at
from {{ ref('gov_action') }} as actions
cross join clock
