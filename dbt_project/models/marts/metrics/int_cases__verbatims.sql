-- What people said in words, and whether somebody came back to them: in public by the first answer there, in a survey by a contact of an
-- agent or of sales within thirty days. What was done is known of answers that raised an alert only.
with clock as (
    select max(happened_at) as now_at from {{ ref('fct_interaction') }}
),

said as (
    select
        survey_answer_key as verbatim_key, 'survey_answer' as item, answered_day as said_day, answered_at as said_at, person_key, account_key,
        survey_response_key, country, segment, industry, strategic, channel, cast(null as timestamp) as replied_at
    from {{ ref('fct_survey_answer') }}
    where is_valid and is_trigger_valid and comment_redacted is not null and answered_at is not null
    union all
    select
        mention_key, 'mention', happened_day, happened_at, person_key, account_key,
        null, country, segment, industry, strategic, platform, replied_at
    from {{ ref('fct_mention') }}
    where is_valid and not is_own and not is_repost and brand_role = 'own' and text_redacted is not null
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
    select distinct said.verbatim_key
    from said
    inner join contacts
        on said.person_key = contacts.person_key and said.item = 'survey_answer'
        and contacts.happened_at > said.said_at and contacts.happened_at <= {{ dbt.dateadd('day', 30, 'said.said_at') }}
),

alerts as (
    select answers.survey_response_key, max(case when actions.done_at is not null then 1 else 0 end) = 1 as is_resolved
    from {{ ref('fct_action') }} as actions
    inner join {{ ref('fct_survey_answer') }} as answers on actions.survey_answer_key = answers.survey_answer_key
    where actions.loop = 'inner'
    group by answers.survey_response_key
)

select
    said.verbatim_key,
    said.said_day,
    said.country,
    said.segment,
    said.industry,
    said.strategic,
    coalesce(said.channel, 'unknown') as channel,
    {{ all_of(['queue', 'survey', 'touchpoint', 'stage', 'role', 'reason']) }},
    cast(said.item as {{ dbt.type_string() }}) as item,
    said.account_key,
    coalesce(said.replied_at <= {{ dbt.dateadd('day', 30, 'said.said_at') }}, false) or contacted.verbatim_key is not null as is_replied,
    {{ dbt.dateadd('day', 30, 'said.said_at') }} <= clock.now_at as is_matured,
    said.item = 'mention' or said.person_key is not null as is_reachable,
    alerts.survey_response_key is not null as is_alert,
    coalesce(alerts.is_resolved, false) as is_acted
from said
cross join clock
left join contacted on said.verbatim_key = contacted.verbatim_key
left join alerts on said.survey_response_key = alerts.survey_response_key
