-- The first answer of a person to a customer. A bot's comment is no answer. When an agent opened the ticket with a public comment, that
-- comment is the question, so the second one answers.
with comments as (
    select
        events.source,
        events.ticket_source_id,
        events.event_seq,
        events.happened_at,
        events.actor_type,
        coalesce(events.is_public, false) as is_public,
        row_number() over (
            partition by events.source, events.ticket_source_id order by events.happened_at, events.event_seq
        ) as comment_number
    from {{ ref('input__ticket_events') }} as events
    inner join {{ ref('int_support__tickets_to_build') }} as wanted
        on events.source = wanted.source and events.ticket_source_id = wanted.source_id
    where events.event_type = 'comment' and not coalesce(events.is_deleted, false)
),

openings as (
    select source, ticket_source_id, actor_type = 'agent' and is_public as is_agent_opened
    from comments
    where comment_number = 1
),

answers as (
    select
        source,
        ticket_source_id,
        happened_at,
        row_number() over (partition by source, ticket_source_id order by happened_at, event_seq) as answer_number
    from comments
    where is_public and actor_type = 'agent'
),

-- whoever acts as a person, in any way, has touched the ticket
touches as (
    select
        events.source,
        events.ticket_source_id,
        min(case when events.actor_type = 'agent' then events.happened_at end) as first_touch_at,
        min(case when events.actor_type = 'bot' and events.event_type = 'comment' and events.is_public then events.happened_at end) as first_bot_reply_at
    from {{ ref('input__ticket_events') }} as events
    inner join {{ ref('int_support__tickets_to_build') }} as wanted
        on events.source = wanted.source and events.ticket_source_id = wanted.source_id
    where not coalesce(events.is_deleted, false)
    group by events.source, events.ticket_source_id
)

select
    openings.source,
    openings.ticket_source_id,
    coalesce(openings.is_agent_opened, false) as is_agent_opened,
    min(case when answers.answer_number = case when openings.is_agent_opened then 2 else 1 end then answers.happened_at end) as first_reply_at,
    cast(count(answers.answer_number) - case when openings.is_agent_opened then 1 else 0 end as bigint) as public_agent_replies,
    max(touches.first_touch_at) as first_touch_at,
    max(touches.first_bot_reply_at) as first_bot_reply_at
from openings
inner join touches on openings.source = touches.source and openings.ticket_source_id = touches.ticket_source_id
left join answers on openings.source = answers.source and openings.ticket_source_id = answers.ticket_source_id
group by openings.source, openings.ticket_source_id, openings.is_agent_opened
