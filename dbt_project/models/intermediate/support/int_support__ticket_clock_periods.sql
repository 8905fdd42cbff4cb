-- Statuses cut where the schedule changes, with their length on the calendar and within the open hours in force. The clock of a ticket
-- starts with the earliest of those merged into it; the status not yet left runs up to the newest moment the helpdesks told of, or, of a
-- ticket that is no longer open, until it last changed.
with statuses as (
    select
        periods.source,
        periods.ticket_source_id,
        periods.period_seq,
        periods.status,
        periods.is_solved,
        case when periods.period_seq = 1 then least(tickets.clock_started_at, coalesce(periods.ended_at, tickets.clock_started_at))
            else periods.started_at end as started_at,
        periods.ended_at is null as is_running,
        coalesce(periods.ended_at, greatest(coalesce(tickets.settled_at, data_time.as_of_at), periods.started_at)) as ended_at
    from {{ ref('int_support__ticket_status_periods') }} as periods
    cross join {{ ref('int_support__data_time') }} as data_time
    inner join {{ ref('int_support__tickets') }} as tickets
        on periods.source = tickets.source and periods.ticket_source_id = tickets.source_id
),

cut as (
    select
        statuses.source,
        statuses.ticket_source_id,
        statuses.period_seq,
        schedules.period_seq as schedule_seq,
        statuses.status,
        statuses.is_solved,
        statuses.is_running,
        schedules.schedule_id,
        greatest(statuses.started_at, coalesce(schedules.started_at, statuses.started_at)) as started_at,
        least(statuses.ended_at, coalesce(schedules.ended_at, statuses.ended_at)) as ended_at
    from statuses
    inner join {{ ref('int_support__ticket_schedule_periods') }} as schedules
        on statuses.source = schedules.source and statuses.ticket_source_id = schedules.ticket_source_id
        and statuses.started_at < coalesce(schedules.ended_at, {{ dbt.dateadd('day', 1, 'statuses.ended_at') }})
        and statuses.ended_at >= coalesce(schedules.started_at, statuses.started_at)
)

select
    cut.source,
    cut.ticket_source_id,
    cut.period_seq,
    cut.schedule_seq,
    cut.status,
    cut.is_solved,
    cut.is_running,
    cut.schedule_id,
    cut.started_at,
    cut.ended_at,
    {{ minutes_between('cut.started_at', 'cut.ended_at') }} as calendar_minutes,
    {{ business_minutes('start_slot', 'cut.started_at', 'end_slot', 'cut.ended_at') }} as business_minutes
from cut
left join {{ ref('int_time__business_slots') }} as start_slot
    on cut.schedule_id = start_slot.schedule_id and {{ slot_start('cut.started_at') }} = start_slot.slot_at
left join {{ ref('int_time__business_slots') }} as end_slot
    on cut.schedule_id = end_slot.schedule_id and {{ slot_start('cut.ended_at') }} = end_slot.slot_at
