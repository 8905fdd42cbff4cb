{{ config(
    alias='fct_ticket_event',
    unique_key=['ticket_event_key'],
    indexes=[{'columns': ['ticket_event_key'], 'unique': True}, {'columns': ['_built_at'], 'type': 'brin'}],
    pre_hook="{{ want([
        changed('fct_ticket_event', [surrogate_key('ticket_event', ['source', 'source_id'])]),
        matching('fct_ticket_event', ['ticket_key'], 'fct_ticket', ['ticket_key'], selected=['ticket_event_key']),
    ]) }}"
) }}
-- Values of assignee changes are ids of employees and stay behind; so do steps that only name one, and what employees ask their own desk.
-- Teams stand by their names, schedules by their surrogate keys.
select
    events.ticket_event_key,
    events.ticket_key,
    events.source,
    events.event_type,
    events.actor_type,
    events.queue,
    events.is_public,
    case when events.event_type = 'schedule' then {{ surrogate_key('schedule', ["events.source || ':' || events.from_value"]) }} else events.from_value end as from_value,
    case when events.event_type = 'schedule' then {{ surrogate_key('schedule', ["events.source || ':' || events.to_value"]) }} else events.to_value end as to_value,
    case when coalesce(tickets.reject_reason, '') <> 'internal' then events.comment_redacted end as comment_redacted,
    events.happened_at,
    {{ built_at() }} as _built_at
from {{ ref('fct_ticket_event') }} as events
left join {{ ref('fct_ticket') }} as tickets on events.ticket_key = tickets.ticket_key
where events.event_type <> 'assignee'
{% if is_incremental() %}
    and events.ticket_key in (
        select ticket_key from (
{{ changed('fct_ticket_event', ['ticket_key'], everything='') }}
union all
{{ changed('fct_ticket', ['ticket_key'], everything='') }}
        ) as changed_tickets
    )
{% endif %}
