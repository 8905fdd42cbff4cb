{{ config(
    alias='fct_ticket_handoff',
    unique_key=['handoff_key'],
    indexes=[{'columns': ['handoff_key'], 'unique': True}, {'columns': ['_built_at'], 'type': 'brin'}],
    pre_hook="{{ want([changed('fct_ticket_handoff')]) }}"
) }}
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
    wait_business_minutes,
    {{ built_at() }} as _built_at
from {{ ref('fct_ticket_handoff') }}
{{ only_rewritten() }}
