{{ config(indexes=[{'columns': ['source', 'source_id'], 'unique': True}]) }}
-- The tickets this build computes, with everything that their facts share.
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

-- a closed ticket cannot be reopened: whoever comes back opens another that follows it
followed_by as (
    select
        tickets.source,
        tickets.followup_of_source_id as source_id,
        cast(count(*) as bigint) as follow_ups,
        max(tickets.loaded_at) as loaded_at
    from {{ ref('input__tickets') }} as tickets
    inner join {{ ref('int_support__tickets_to_build') }} as wanted
        on tickets.source = wanted.source and tickets.followup_of_source_id = wanted.source_id
    where not coalesce(tickets.is_deleted, false)
    group by tickets.source, tickets.followup_of_source_id
),

events as (
    select events.source, events.ticket_source_id, max(events.loaded_at) as loaded_at
    from {{ ref('input__ticket_events') }} as events
    inner join {{ ref('int_support__tickets_to_build') }} as wanted
        on events.source = wanted.source and events.ticket_source_id = wanted.source_id
    group by events.source, events.ticket_source_id
),

stations as (
    select
        groups.source,
        groups.ticket_source_id,
        cast(count(*) as bigint) as group_stations,
        cast(sum(case when groups.station_seq > 1 and groups.started_at >= replies.first_touch_at then 1 else 0 end) as bigint) as transfers
    from {{ ref('int_support__ticket_groups') }} as groups
    left join {{ ref('int_support__ticket_replies') }} as replies
        on groups.source = replies.source and groups.ticket_source_id = replies.ticket_source_id
    group by groups.source, groups.ticket_source_id
)

select
    {{ surrogate_key('ticket', ['tickets.source', 'tickets.source_id']) }} as ticket_key,
    tickets.source,
    tickets.source_id,
    {{ surrogate_key('ticket', ['tickets.source', 'tickets.merged_into_source_id']) }} as merged_into_ticket_key,
    persons.person_key,
    accounts.account_key,
    coalesce(tickets.group_name, 'unknown') as queue,
    coalesce(tickets.channel, 'unknown') as channel,
    coalesce(tickets.priority, 'unknown') as priority,
    coalesce(tickets.reason, 'unknown') as reason,
    tickets.status,
    schedules.schedule_id,
    tickets.subject_redacted,
    cast(case
        when coalesce(tickets.is_deleted, false) or tickets.status = 'deleted' then 'deleted'
        when coalesce(tickets.is_spam, false) then 'spam'
        when tickets.merged_into_source_id is not null then 'merged'
        when coalesce(tickets.is_internal, false) then 'internal'
        when tickets.created_at is null then 'no creation time'
    end as {{ dbt.type_string() }}) as reject_reason,
    coalesce(replies.is_agent_opened, false) as is_agent_opened,
    {{ is_open_ticket('tickets', 'milestones') }} as is_open,
    case when not {{ is_open_ticket('tickets', 'milestones') }} then greatest(tickets.updated_at, tickets.created_at) end as settled_at,
    tickets.created_at,
    least(tickets.created_at, coalesce(merged_into.first_created_at, tickets.created_at)) as clock_started_at,
    replies.first_touch_at,
    replies.first_bot_reply_at,
    replies.first_reply_at,
    milestones.first_solved_at,
    case when coalesce(tickets.status, milestones.last_status) in ('solved', 'closed') then milestones.last_solved_at end as last_solved_at,
    coalesce(replies.public_agent_replies, 0) as public_agent_replies,
    coalesce(milestones.reopens, 0) as reopens,
    coalesce(followed_by.follow_ups, 0) as follow_ups,
    coalesce(stations.group_stations, 0) as group_stations,
    coalesce(stations.transfers, 0) as transfers,
    tickets.updated_at,
    greatest(
        tickets.loaded_at, coalesce(events.loaded_at, tickets.loaded_at), coalesce(merged_into.loaded_at, tickets.loaded_at),
        coalesce(followed_by.loaded_at, tickets.loaded_at)
    ) as loaded_at
from tickets
left join {{ ref('int_support__ticket_replies') }} as replies
    on tickets.source = replies.source and tickets.source_id = replies.ticket_source_id
left join {{ ref('int_support__ticket_milestones') }} as milestones
    on tickets.source = milestones.source and tickets.source_id = milestones.ticket_source_id
left join {{ ref('int_support__ticket_schedule_periods') }} as schedules
    on tickets.source = schedules.source and tickets.source_id = schedules.ticket_source_id and schedules.period_seq = 1
left join stations on tickets.source = stations.source and tickets.source_id = stations.ticket_source_id
left join merged_into on tickets.source = merged_into.source and tickets.source_id = merged_into.source_id
left join followed_by on tickets.source = followed_by.source and tickets.source_id = followed_by.source_id
left join events on tickets.source = events.source and tickets.source_id = events.ticket_source_id
left join {{ ref('int_identity__person_keys') }} as persons
    on tickets.source = persons.source and tickets.requester_source_id = persons.source_id
left join {{ ref('int_identity__account_keys') }} as accounts
    on tickets.source = accounts.source and tickets.account_source_id = accounts.source_id
