-- Handings over of the tickets this build computes, with the next act of a person after each.
with handed as (
    select
        stations.source,
        stations.ticket_source_id,
        stations.queue_before as from_queue,
        stations.queue as to_queue,
        stations.started_at as handed_at,
        cast(row_number() over (partition by stations.source, stations.ticket_source_id order by stations.station_seq) as bigint) as handoff_seq
    from {{ ref('int_support__ticket_groups') }} as stations
    inner join {{ ref('int_support__ticket_replies') }} as replies
        on stations.source = replies.source and stations.ticket_source_id = replies.ticket_source_id
    where stations.station_seq > 1 and stations.started_at >= replies.first_touch_at
)

select
    handed.source,
    handed.ticket_source_id,
    handed.handoff_seq,
    handed.from_queue,
    handed.to_queue,
    handed.handed_at,
    max(schedules.schedule_id) as schedule_id,
    min(events.happened_at) as picked_up_at
from handed
inner join {{ ref('int_support__ticket_schedule_periods') }} as schedules
    on handed.source = schedules.source and handed.ticket_source_id = schedules.ticket_source_id
    and (handed.handed_at >= schedules.started_at or schedules.started_at is null)
    and (handed.handed_at < schedules.ended_at or schedules.ended_at is null)
left join {{ ref('input__ticket_events') }} as events
    on handed.source = events.source and handed.ticket_source_id = events.ticket_source_id
    and events.happened_at > handed.handed_at and not coalesce(events.is_deleted, false)
    and (events.actor_type = 'agent' or (events.event_type = 'status' and lower(events.to_value) in ('solved', 'closed')))
group by handed.source, handed.ticket_source_id, handed.handoff_seq, handed.from_queue, handed.to_queue, handed.handed_at
