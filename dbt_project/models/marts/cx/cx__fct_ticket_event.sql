{{ config(alias='fct_ticket_event') }}
-- Values of assignee changes are ids of employees and stay behind; so do steps that only name one.
select
    ticket_event_key,
    ticket_key,
    source,
    event_type,
    actor_type,
    is_public,
    from_value,
    to_value,
    comment_redacted,
    happened_at
from {{ ref('fct_ticket_event') }}
where event_type <> 'assignee'
