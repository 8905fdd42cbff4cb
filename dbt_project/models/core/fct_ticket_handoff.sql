{{ config(
    materialized='incremental',
    incremental_strategy='tracked',
    unique_key=['handoff_key'],
    on_schema_change='fail',
    indexes=[{'columns': ['handoff_key'], 'unique': True}, {'columns': ['source', 'ticket_source_id']}, {'columns': ['_built_at'], 'type': 'brin'}],
    meta={'days': ['handed_day']},
    pre_hook="{{ want([rows_of_tickets()]) }}"
) }}
-- depends_on: {{ ref('int_support__tickets_to_build') }}
-- A ticket handed from one team to another after a person had touched it, and how long it lay until somebody acted on it again.
select
    {{ surrogate_key('handoff', ['handoffs.source', 'handoffs.ticket_source_id', 'handoffs.handoff_seq']) }} as handoff_key,
    tickets.ticket_key,
    tickets.source,
    handoffs.ticket_source_id,
    handoffs.handoff_seq,
    handoffs.from_queue,
    handoffs.to_queue,
    {{ ticket_cuts() }},
    tickets.channel,
    tickets.reason,
    tickets.reject_reason is null as is_valid,
    handoffs.handed_at,
    handoffs.picked_up_at,
    {{ business_day('handoffs.handed_at') }} as handed_day,
    {{ minutes_between('handoffs.handed_at', 'handoffs.picked_up_at') }} as wait_calendar_minutes,
    {{ business_minutes('handed_slot', 'handoffs.handed_at', 'picked_slot', 'handoffs.picked_up_at') }} as wait_business_minutes,
    tickets.loaded_at,
    {{ built_at() }} as _built_at
from {{ ref('int_support__handoffs') }} as handoffs
inner join {{ ref('int_support__tickets') }} as tickets
    on handoffs.source = tickets.source and handoffs.ticket_source_id = tickets.source_id
{{ join_ticket_cuts('tickets', 'tickets.clock_started_at') }}
left join {{ ref('int_time__business_slots') }} as handed_slot
    on handoffs.schedule_id = handed_slot.schedule_id and {{ slot_start('handoffs.handed_at') }} = handed_slot.slot_at
left join {{ ref('int_time__business_slots') }} as picked_slot
    on handoffs.schedule_id = picked_slot.schedule_id and {{ slot_start('handoffs.picked_up_at') }} = picked_slot.slot_at
