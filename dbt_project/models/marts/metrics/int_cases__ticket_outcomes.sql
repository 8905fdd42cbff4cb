-- Valid tickets with how they went: settled at the first contact, passed on, waited for, repeated.
with clock as (
    select {{ business_day('as_of_at') }} as as_of_day
    from {{ ref('int_support__data_time') }}
)

select
    tickets.ticket_key,
    tickets.cut_account_key as account_key,
    tickets.clock_started_at as started_at,
    tickets.created_day,
    tickets.first_solved_day,
    tickets.last_solved_day,
    tickets.country,
    tickets.segment,
    tickets.industry,
    tickets.strategic,
    tickets.channel,
    tickets.queue,
    'all' as survey,
    {{ all_of(['touchpoint', 'stage', 'role']) }},
    tickets.reason,
    case when tickets.is_covered then 'staffed' else 'not staffed' end as item,
    tickets.is_open,
    tickets.is_covered,
    tickets.first_reply_at is not null as is_replied,
    tickets.first_reply_calendar_minutes,
    {{ awaited_minutes('tickets', 'calendar') }} as awaited_calendar_minutes,
    tickets.first_solved_day is not null and not tickets.is_open as is_solved,
    tickets.is_one_touch,
    tickets.person_key is not null as is_person_known,
    tickets.public_agent_replies = 1 and tickets.reopens = 0 and tickets.follow_ups = 0 and not tickets.is_open
    and coalesce(tickets.next_contact_minutes > 7 * 1440, true) as is_solved_at_first_contact,
    coalesce(reasons.is_resolvable_at_first_contact, true) as is_resolvable_at_first_contact,
    coalesce(tickets.next_contact_minutes <= 7 * 1440, false) as is_repeated,
    tickets.first_solved_day <= {{ dbt.dateadd('day', -7, 'clock.as_of_day') }} as is_matured,
    tickets.first_touch_at is not null as is_handled,
    tickets.transfers > 0 as is_transferred,
    cast(tickets.group_stations as {{ dbt.type_float() }}) as group_stations,
    tickets.requester_wait_minutes,
    tickets.agent_wait_minutes,
    tickets.last_solved_calendar_minutes,
    tickets.last_solved_business_minutes,
    tickets.is_bot_conversation,
    tickets.is_settled_without_human,
    tickets.created_day <= {{ dbt.dateadd('day', -10, 'clock.as_of_day') }} as is_conversation_matured,
    tickets.transfers > 0
    or coalesce(tickets.next_contact_channel <> tickets.channel and tickets.next_contact_minutes <= 7 * 1440, false) as has_seam,
    coalesce(tickets.next_contact_minutes <= 7 * 1440, false) or tickets.reopens > 0 as is_asked_again
from {{ ref('fct_ticket') }} as tickets
cross join clock
left join {{ ref('dim_reason') }} as reasons on tickets.reason = reasons.reason and reasons.kind = 'contact'
where tickets.is_valid
