{{ config(
    materialized='incremental',
    incremental_strategy='tracked',
    unique_key=['source', 'source_id'],
    on_schema_change='fail',
    indexes=[
        {'columns': ['source', 'source_id'], 'unique': True},
        {'columns': ['ticket_key'], 'unique': True},
        {'columns': ['_built_at'], 'type': 'brin'},
    ],
    meta={'days': ['created_day', 'first_solved_day'], 'carried': ['ticket_key']},
    pre_hook="{{ want(['select source, source_id from ' ~ ref('int_support__tickets_to_build')]) }}"
) }}
-- A ticket from creation to last solution; the rows to compute come from int_support__tickets_to_build.
with tickets as (
    select tickets.*
    from {{ ref('input__tickets') }} as tickets
    inner join {{ ref('int_support__tickets_to_build') }} as wanted
        on tickets.source = wanted.source and tickets.source_id = wanted.source_id
),

-- a customer who wrote twice waits since the first time: a merged ticket's beginning counts for the one it went into
merged_into as (
    select
        tickets.source,
        tickets.merged_into_source_id as source_id,
        min(tickets.created_at) as first_created_at,
        max(tickets.loaded_at) as loaded_at
    from {{ ref('input__tickets') }} as tickets
    inner join {{ ref('int_support__tickets_to_build') }} as wanted
        on tickets.source = wanted.source and tickets.merged_into_source_id = wanted.source_id
    where not coalesce(tickets.is_deleted, false) and not coalesce(tickets.is_spam, false)
    group by tickets.source, tickets.merged_into_source_id
),

events as (
    select events.source, events.ticket_source_id, max(events.loaded_at) as loaded_at
    from {{ ref('input__ticket_events') }} as events
    inner join {{ ref('int_support__tickets_to_build') }} as wanted
        on events.source = wanted.source and events.ticket_source_id = wanted.source_id
    group by events.source, events.ticket_source_id
),

schedules as (
    select distinct schedule_id
    from {{ ref('int_time__schedule_intervals') }}
),

joined as (
    select
        tickets.*,
        {{ surrogate_key('ticket', ['tickets.source', 'tickets.source_id']) }} as ticket_key,
        {{ surrogate_key('ticket', ['tickets.source', 'tickets.merged_into_source_id']) }} as merged_into_ticket_key,
        persons.person_key,
        accounts.account_key,
        coalesce(schedules.schedule_id, '{{ var("config").default_schedule }}') as clock_schedule_id,
        least(tickets.created_at, coalesce(merged_into.first_created_at, tickets.created_at)) as clock_started_at,
        replies.first_reply_at,
        coalesce(replies.is_agent_opened, false) as is_agent_opened,
        coalesce(replies.public_agent_replies, 0) as public_agent_replies,
        milestones.first_solved_at,
        coalesce(tickets.status, milestones.last_status) not in ('solved', 'closed') as is_open,
        case when coalesce(tickets.status, milestones.last_status) in ('solved', 'closed') then milestones.last_solved_at end as last_solved_at,
        coalesce(milestones.reopens, 0) as reopens,
        milestones.requester_wait_minutes,
        milestones.agent_wait_minutes,
        greatest(tickets.loaded_at, coalesce(events.loaded_at, tickets.loaded_at), coalesce(merged_into.loaded_at, tickets.loaded_at)) as newest_loaded_at,
        case
            when coalesce(tickets.is_deleted, false) or tickets.status = 'deleted' then 'deleted'
            when coalesce(tickets.is_spam, false) then 'spam'
            when tickets.merged_into_source_id is not null then 'merged'
            when coalesce(tickets.is_internal, false) then 'internal'
            when tickets.created_at is null then 'no creation time'
        end as reject_reason
    from tickets
    left join {{ ref('int_support__ticket_replies') }} as replies
        on tickets.source = replies.source and tickets.source_id = replies.ticket_source_id
    left join {{ ref('int_support__ticket_milestones') }} as milestones
        on tickets.source = milestones.source and tickets.source_id = milestones.ticket_source_id
    left join merged_into on tickets.source = merged_into.source and tickets.source_id = merged_into.source_id
    left join events on tickets.source = events.source and tickets.source_id = events.ticket_source_id
    left join schedules on tickets.source || ':' || tickets.schedule_id = schedules.schedule_id
    left join {{ ref('int_identity__person_keys') }} as persons
        on tickets.source = persons.source and tickets.requester_source_id = persons.source_id
    left join {{ ref('int_identity__account_keys') }} as accounts
        on tickets.source = accounts.source and tickets.account_source_id = accounts.source_id
)

select
    joined.ticket_key,
    joined.source,
    joined.source_id,
    joined.person_key,
    joined.account_key,
    coalesce(joined.group_name, 'unknown') as queue,
    coalesce(joined.channel, 'unknown') as channel,
    coalesce(joined.priority, 'unknown') as priority,
    coalesce(joined.reason, 'unknown') as reason,
    joined.status,
    joined.clock_schedule_id as schedule_id,
    joined.subject_redacted,
    joined.reject_reason is null as is_valid,
    joined.reject_reason,
    joined.merged_into_ticket_key,
    joined.is_agent_opened,
    joined.is_open,
    joined.created_at,
    joined.clock_started_at,
    joined.first_reply_at,
    joined.first_solved_at,
    joined.last_solved_at,
    {{ business_day('joined.clock_started_at') }} as created_day,
    {{ business_day('joined.first_solved_at') }} as first_solved_day,
    {% for name in ['first_reply', 'first_solved', 'last_solved'] %}
    {{ minutes_between('joined.clock_started_at', 'joined.' ~ name ~ '_at') }} as {{ name }}_calendar_minutes,
    {{ business_minutes('started_slot', 'joined.clock_started_at', name ~ '_slot', 'joined.' ~ name ~ '_at') }} as {{ name }}_business_minutes,
    {% endfor %}
    joined.requester_wait_minutes,
    joined.agent_wait_minutes,
    joined.public_agent_replies,
    joined.reopens,
    joined.public_agent_replies = 1 and not joined.is_open as is_one_touch,
    joined.updated_at,
    joined.newest_loaded_at as loaded_at,
    {{ built_at() }} as _built_at
from joined
{% for name, at in [('started', 'clock_started_at'), ('first_reply', 'first_reply_at'), ('first_solved', 'first_solved_at'), ('last_solved', 'last_solved_at')] %}
left join {{ ref('int_time__business_slots') }} as {{ name }}_slot
    on joined.clock_schedule_id = {{ name }}_slot.schedule_id
    and {{ slot_start('joined.' ~ at) }} = {{ name }}_slot.slot_at
{% endfor %}
