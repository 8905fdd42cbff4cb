{{ config(
    materialized='incremental',
    incremental_strategy='tracked',
    unique_key=['source', 'source_id'],
    on_schema_change='fail',
    indexes=[
        {'columns': ['source', 'source_id'], 'unique': True},
        {'columns': ['ticket_key'], 'unique': True},
        {'columns': ['_built_at'], 'type': 'brin'},
        {'columns': ['person_key']},
        {'columns': ['cut_account_key']},
        {'columns': ['is_open']},
    ],
    meta={'days': ['created_day', 'first_solved_day', 'last_solved_day'], 'carried': ['ticket_key']},
    pre_hook="{{ want(['select source, source_id from ' ~ ref('int_support__tickets_to_build')]) }}"
) }}
-- A ticket from creation to last solution; the rows to compute come from int_support__tickets_to_build.
{% set moments = [('started', 'clock_started_at'), ('first_reply', 'first_reply_at'), ('first_solved', 'first_solved_at'), ('last_solved', 'last_solved_at')] %}
with contacts as (
    select
        source,
        source_id,
        lead(clock_started_at) over (partition by person_key, reason order by clock_started_at, source, source_id) as next_contact_at,
        lead(channel) over (partition by person_key, reason order by clock_started_at, source, source_id) as next_contact_channel
    from {{ ref('int_support__tickets') }}
    where reject_reason is null and person_key is not null
),

measured as (
    select
        tickets.*,
        waits.requester_wait_calendar_minutes,
        waits.requester_wait_business_minutes,
        waits.agent_wait_calendar_minutes,
        waits.agent_wait_business_minutes,
        waits.rested_calendar_minutes,
        coalesce(waits.schedules, 1) as schedules,
        contacts.next_contact_at,
        contacts.next_contact_channel,
        coalesce(tickets.account_key, cut_persons.account_key) as cut_account_key,
        {{ ticket_cuts() }},
        {{ to_local('tickets.clock_started_at', "coalesce(zones.time_zone, '" ~ var('config').time_zone ~ "')") }} as local_started_at
    from {{ ref('int_support__tickets') }} as tickets
    left join {{ ref('int_support__ticket_waits') }} as waits
        on tickets.source = waits.source and tickets.source_id = waits.ticket_source_id
    left join contacts on tickets.source = contacts.source and tickets.source_id = contacts.source_id
    {{ join_ticket_cuts('tickets', 'tickets.clock_started_at') }}
    left join {{ ref('int_time__zones') }} as zones on cut_persons.time_zone = zones.time_zone
)

select
    measured.ticket_key,
    measured.source,
    measured.source_id,
    measured.person_key,
    measured.account_key,
    measured.cut_account_key,
    measured.country,
    measured.segment,
    measured.industry,
    measured.strategic,
    measured.queue,
    measured.channel,
    measured.priority,
    measured.reason,
    measured.status,
    measured.schedule_id,
    measured.subject_redacted,
    measured.reject_reason is null as is_valid,
    measured.reject_reason,
    measured.merged_into_ticket_key,
    measured.is_agent_opened,
    measured.is_open,
    measured.created_at,
    measured.clock_started_at,
    measured.first_touch_at,
    measured.first_reply_at,
    measured.first_solved_at,
    measured.last_solved_at,
    {{ business_day('measured.clock_started_at') }} as created_day,
    {{ business_day('measured.first_solved_at') }} as first_solved_day,
    {{ business_day('measured.last_solved_at') }} as last_solved_day,
    cast(floor({{ week_slot('measured.local_started_at') }} / 4) as bigint) as local_hour_of_week,
    coalesce(started_slot.is_open, false) as is_covered,
    {% for name in ['first_reply', 'first_solved', 'last_solved'] %}
    {{ minutes_between('measured.clock_started_at', 'measured.' ~ name ~ '_at') }} as {{ name }}_calendar_minutes,
    {{ business_minutes('started_slot', 'measured.clock_started_at', name ~ '_slot', 'measured.' ~ name ~ '_at') }} as {{ name }}_business_minutes,
    {% endfor %}
    measured.requester_wait_calendar_minutes as requester_wait_minutes,
    measured.requester_wait_business_minutes,
    measured.agent_wait_calendar_minutes as agent_wait_minutes,
    measured.agent_wait_business_minutes,
    measured.rested_calendar_minutes as rested_minutes,
    measured.schedules,
    measured.public_agent_replies,
    measured.reopens,
    measured.follow_ups,
    measured.group_stations,
    measured.transfers,
    measured.public_agent_replies = 1 and not measured.is_open as is_one_touch,
    measured.first_bot_reply_at is not null and not measured.is_agent_opened
    and measured.first_bot_reply_at <= coalesce(measured.first_touch_at, measured.first_bot_reply_at) as is_bot_conversation,
    measured.first_solved_at <= {{ dbt.dateadd('hour', 72, 'measured.clock_started_at') }} and not measured.is_open
    and coalesce(measured.first_touch_at > {{ dbt.dateadd('hour', 72, 'measured.clock_started_at') }}, true) as is_settled_without_human,
    measured.next_contact_at,
    measured.next_contact_channel,
    {{ minutes_between('measured.first_solved_at', 'measured.next_contact_at') }} as next_contact_minutes,
    measured.updated_at,
    measured.loaded_at,
    {{ built_at() }} as _built_at
from measured
{% for name, at in moments %}
left join {{ ref('int_time__business_slots') }} as {{ name }}_slot
    on measured.schedule_id = {{ name }}_slot.schedule_id and {{ slot_start('measured.' ~ at) }} = {{ name }}_slot.slot_at
{% endfor %}
