{{ config(indexes=[{'columns': ['opened_day', 'closed_day']}]) }}
-- The times a valid ticket stood open: from creation or reopening until solved. One still open has no end.
with statuses as (
    select
        events.ticket_key,
        events.happened_at,
        events.event_seq,
        lower(events.to_value) in ('solved', 'closed', 'deleted') as is_solved,
        lag(lower(events.to_value) in ('solved', 'closed', 'deleted')) over (
            partition by events.ticket_key order by events.happened_at, events.event_seq
        ) as was_solved
    from {{ ref('fct_ticket_event') }} as events
    where events.event_type in ('created', 'status') and events.to_value is not null
),

turns as (
    select ticket_key, happened_at, event_seq, is_solved
    from statuses
    where coalesce(was_solved, false) <> is_solved
    union all
    select ticket_key, created_at as happened_at, cast(-1 as bigint) as event_seq, false as is_solved
    from {{ ref('fct_ticket') }}
),

ordered as (
    select
        ticket_key,
        is_solved,
        happened_at as opened_at,
        lead(happened_at) over (partition by ticket_key order by happened_at, event_seq) as closed_at,
        row_number() over (partition by ticket_key order by happened_at, event_seq) as turn_number
    from turns
),

bounded as (
    select
        tickets.ticket_key,
        ordered.turn_number = 1 as is_first,
        tickets.created_at,
        ordered.opened_at,
        case when ordered.closed_at is null and not tickets.is_open then greatest(tickets.updated_at, ordered.opened_at) else ordered.closed_at end
            as closed_at
    from {{ ref('fct_ticket') }} as tickets
    inner join ordered on tickets.ticket_key = ordered.ticket_key and not ordered.is_solved
    where tickets.is_valid
)

select
    ticket_key,
    is_first,
    {{ business_day('created_at') }} as created_day,
    {{ business_day('opened_at') }} as opened_day,
    {{ business_day('closed_at') }} as closed_day
from bounded
