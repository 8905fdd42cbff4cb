{{ config(
    materialized='incremental',
    incremental_strategy='tracked',
    unique_key=['sla_key'],
    on_schema_change='fail',
    indexes=[{'columns': ['sla_key'], 'unique': True}, {'columns': ['source', 'ticket_source_id']}, {'columns': ['_built_at'], 'type': 'brin'}],
    meta={'days': ['started_day']},
    pre_hook="{{ want([rows_of_tickets()]) }}"
) }}
-- depends_on: {{ ref('int_support__tickets_to_build') }}
-- A target of a ticket, and whether it was kept on our own clocks. The target is the one at the time it was applied; a later one for the
-- same metric takes its place. One not yet met is missed once it is overdue, and open before. A ticket solved without the reply it was
-- promised needed none, unless it was overdue by then.
with clocks as (
    select
        applied.*,
        tickets.ticket_key,
        tickets.schedule_id,
        tickets.reject_reason,
        tickets.is_agent_opened,
        tickets.clock_started_at,
        tickets.is_open,
        tickets.channel,
        tickets.queue,
        tickets.priority,
        tickets.reason,
        tickets.person_key,
        tickets.account_key,
        tickets.loaded_at as ticket_loaded_at,
        case applied.metric when 'first_reply' then tickets.first_reply_at else tickets.last_solved_at end as met_at,
        coalesce(
            case when applied.metric = 'first_reply' then tickets.first_reply_at end, tickets.last_solved_at,
            tickets.settled_at, data_time.as_of_at
        ) as stopped_at,
        {% for clock in ['calendar', 'business'] %}
        case
            when applied.metric = 'requester_wait' then waits.requester_wait_{{ clock }}_minutes
                + case when waits.running_status in ('new', 'open', 'hold') then waits.running_{{ clock }}_minutes else 0 end
            when applied.metric = 'agent_work' then waits.agent_work_{{ clock }}_minutes
                + case when waits.running_status in ('new', 'open') then waits.running_{{ clock }}_minutes else 0 end
        end as summed_{{ clock }}_minutes,
        case when applied.metric in ('requester_wait', 'agent_work') then waits.agent_wait_{{ clock }}_minutes
            + case when waits.running_status = 'pending' then waits.running_{{ clock }}_minutes else 0 end end as pending_{{ clock }}_minutes,
        {% endfor %}
        policies.sla_policy_sk,
        policies.policy,
        policies.pauses_in_pending,
        coalesce(applied.target_minutes, policies.target_minutes) as promised_minutes,
        coalesce(applied.is_business_hours, policies.is_business_hours, false) as in_business_hours
    from {{ ref('int_support__sla_applied') }} as applied
    inner join {{ ref('int_support__tickets') }} as tickets
        on applied.source = tickets.source and applied.ticket_source_id = tickets.source_id
    cross join {{ ref('int_support__data_time') }} as data_time
    left join {{ ref('int_support__ticket_waits') }} as waits
        on applied.source = waits.source and applied.ticket_source_id = waits.ticket_source_id
    left join {{ ref('dim_sla_policy') }} as policies
        on {{ surrogate_key('sla_policy', ['applied.source', 'applied.policy_source_id']) }} = policies.sla_policy_key
        and applied.metric = policies.metric and policies.priority in (tickets.priority, 'all')
        and applied.applied_at >= policies.valid_from and applied.applied_at < policies.valid_to
),

elapsed as (
    select
        clocks.*,
        case
            when clocks.metric in ('first_reply', 'resolution') and clocks.in_business_hours
                then {{ business_minutes('start_slot', 'clocks.clock_started_at', 'stop_slot', 'clocks.stopped_at') }}
            when clocks.metric in ('first_reply', 'resolution') then {{ minutes_between('clocks.clock_started_at', 'clocks.stopped_at') }}
            when clocks.in_business_hours
                then clocks.summed_business_minutes + case when clocks.pauses_in_pending then 0 else clocks.pending_business_minutes end
            else clocks.summed_calendar_minutes + case when clocks.pauses_in_pending then 0 else clocks.pending_calendar_minutes end
        end as elapsed_minutes
    from clocks
    left join {{ ref('int_time__business_slots') }} as start_slot
        on clocks.schedule_id = start_slot.schedule_id and {{ slot_start('clocks.clock_started_at') }} = start_slot.slot_at
    left join {{ ref('int_time__business_slots') }} as stop_slot
        on clocks.schedule_id = stop_slot.schedule_id and {{ slot_start('clocks.stopped_at') }} = stop_slot.slot_at
)

select
    {{ surrogate_key('sla', ['elapsed.source', 'elapsed.ticket_source_id', 'elapsed.policy_source_id', 'elapsed.metric', 'elapsed.applied_at']) }} as sla_key,
    elapsed.ticket_key,
    elapsed.source,
    elapsed.ticket_source_id,
    elapsed.sla_policy_sk,
    coalesce(elapsed.policy, 'unknown') as policy,
    elapsed.metric,
    elapsed.applied_at,
    elapsed.promised_minutes as target_minutes,
    elapsed.in_business_hours as is_business_hours,
    elapsed.elapsed_minutes,
    elapsed.met_at,
    cast(case
        when elapsed.reject_reason is not null or (elapsed.metric = 'first_reply' and elapsed.is_agent_opened) then 'not counted'
        when not elapsed.is_last then 'superseded'
        when elapsed.elapsed_minutes is null or elapsed.promised_minutes is null then 'unknown'
        when elapsed.elapsed_minutes > elapsed.promised_minutes then 'breached'
        when elapsed.met_at is not null then 'met'
        when elapsed.is_open then 'open'
        else 'not needed'
    end as {{ dbt.type_string() }}) as state,
    {{ ticket_cuts() }},
    elapsed.channel,
    elapsed.queue,
    elapsed.priority,
    elapsed.reason,
    {{ business_day('elapsed.clock_started_at') }} as started_day,
    greatest(elapsed.ticket_loaded_at, elapsed.loaded_at) as loaded_at,
    {{ built_at() }} as _built_at
from elapsed
{{ join_ticket_cuts('elapsed', 'elapsed.clock_started_at') }}
