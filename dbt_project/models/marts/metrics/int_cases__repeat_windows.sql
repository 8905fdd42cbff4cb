-- Valid solved tickets, once for each number of days within which a repeated contact counts against them.
with clock as (
    select {{ business_day('as_of_at') }} as as_of_day
    from {{ ref('int_support__data_time') }}
),

windows as (
    {% for days in [3, 7, 14, 30] %}
    select cast({{ days }} as bigint) as days, '{{ '%02d' | format(days) }} days' as item
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select
    tickets.ticket_key,
    tickets.cut_account_key as account_key,
    tickets.first_solved_day,
    tickets.country,
    tickets.segment,
    tickets.industry,
    tickets.strategic,
    tickets.channel,
    tickets.queue,
    'all' as survey,
    {{ all_of(['touchpoint', 'stage', 'role']) }},
    tickets.reason,
    windows.item,
    tickets.person_key is not null as is_person_known,
    tickets.public_agent_replies = 1 and tickets.reopens = 0 and tickets.follow_ups = 0 and not tickets.is_open
    and coalesce(tickets.next_contact_minutes > windows.days * 1440, true) as is_solved_at_first_contact,
    coalesce(tickets.next_contact_minutes <= windows.days * 1440, false) as is_repeated,
    {{ dbt.datediff('tickets.first_solved_day', 'clock.as_of_day', 'day') }} >= windows.days as is_matured
from {{ ref('fct_ticket') }} as tickets
cross join clock
cross join windows
where tickets.is_valid and tickets.first_solved_day is not null
