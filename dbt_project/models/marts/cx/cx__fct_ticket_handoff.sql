{{ config(alias='fct_ticket_handoff') }}
select
    handoff_key,
    ticket_key,
    source,
    handoff_seq,
    from_queue,
    to_queue,
    country,
    segment,
    industry,
    strategic,
    channel,
    reason,
    is_valid,
    handed_at,
    picked_up_at,
    handed_day,
    wait_calendar_minutes,
    wait_business_minutes
from {{ ref('fct_ticket_handoff') }}
