{{ config(materialized='view') }}
-- Every row of a source that is a point of contact and stands in no row of fct_interaction, with the reason: what is left out is listed.
select
    events.source,
    'ticket_event:' || events.source_id as source_id,
    'support' as interaction_type,
    case
        when tickets.ticket_key is null then 'ticket not known'
        when not tickets.is_valid then 'ticket: ' || tickets.reject_reason
        when not events.is_public then 'not seen by the customer'
        else 'by no person'
    end as reason
from {{ ref('fct_ticket_event') }} as events
left join {{ ref('fct_ticket') }} as tickets on events.ticket_key = tickets.ticket_key
left join {{ ref('fct_interaction') }} as facts
    on events.source = facts.source and 'ticket_event:' || events.source_id = facts.source_id
where events.event_type = 'comment' and facts.source is null
union all
select
    answers.source,
    'survey_response:' || answers.survey_response_key as source_id,
    'survey' as interaction_type,
    coalesce(min(answers.reject_reason), case when max(case when answers.is_answered then 1 else 0 end) = 0 then 'not answered' else 'no time' end) as reason
from {{ ref('fct_survey_answer') }} as answers
left join {{ ref('fct_interaction') }} as facts
    on answers.source = facts.source and 'survey_response:' || answers.survey_response_key = facts.source_id
where facts.source is null
group by answers.source, answers.survey_response_key
union all
select
    visits.source,
    'web_session:' || visits.session_key as source_id,
    'web' as interaction_type,
    case when visits.is_bot then 'a machine' else 'no visit' end as reason
from (
    select source, session_key, min(case when is_bot then 1 else 0 end) = 1 as is_bot
    from {{ ref('fct_web_event') }}
    group by source, session_key
) as visits
left join {{ ref('fct_interaction') }} as facts
    on visits.source = facts.source and 'web_session:' || visits.session_key = facts.source_id
where facts.source is null
union all
select
    activities.source,
    'crm_activity:' || activities.source_id as source_id,
    'crm_' || activities.activity_type as interaction_type,
    case
        when coalesce(activities.is_deleted, false) then 'deleted'
        when activities.happened_at is null then 'no time'
        else 'no contact with a customer'
    end as reason
from {{ ref('input__crm_activities') }} as activities
left join {{ ref('fct_interaction') }} as facts
    on activities.source = facts.source and 'crm_activity:' || activities.source_id = facts.source_id
where facts.source is null
union all
select
    mentions.source,
    'mention:' || mentions.source_id as source_id,
    'mention' as interaction_type,
    coalesce(mentions.reject_reason, 'about another brand') as reason
from {{ ref('fct_mention') }} as mentions
left join {{ ref('fct_interaction') }} as facts
    on mentions.source = facts.source and 'mention:' || mentions.source_id = facts.source_id
where facts.source is null
union all
select
    orders.source,
    'order:' || orders.source_id as source_id,
    'order' as interaction_type,
    case when coalesce(orders.is_deleted, false) then 'deleted' else 'no time' end as reason
from {{ ref('input__partner_orders') }} as orders
left join {{ ref('fct_interaction') }} as facts
    on orders.source = facts.source and 'order:' || orders.source_id = facts.source_id
where facts.source is null
