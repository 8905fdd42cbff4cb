-- What employees asked their own service desks: they are internal customers, and count with no others.
with clock as (
    select {{ business_day('as_of_at') }} as as_of_day
    from {{ ref('int_support__data_time') }}
)

select
    tickets.ticket_key,
    tickets.clock_started_at as started_at,
    tickets.schedule_id,
    tickets.created_day,
    tickets.first_solved_day,
    {{ all_of(['country', 'segment', 'industry', 'strategic']) }},
    tickets.channel,
    tickets.queue,
    {{ all_of(['survey', 'touchpoint', 'stage']) }},
    'internal customer' as role,
    tickets.reason,
    'all' as item,
    tickets.is_open,
    tickets.first_reply_at is not null as is_replied,
    tickets.reopens > 0 or tickets.follow_ups > 0 as is_reopened,
    tickets.first_solved_day <= {{ dbt.dateadd('day', -14, 'clock.as_of_day') }} as is_matured,
    not tickets.is_open and tickets.last_solved_at is not null as is_solved,
    {% for clock in ['calendar', 'business'] %}
    {{ awaited_minutes('tickets', clock) }} as awaited_{{ clock }}_minutes,
    {% endfor %}
    tickets.last_solved_calendar_minutes,
    tickets.last_solved_business_minutes
from {{ ref('fct_ticket') }} as tickets
cross join clock
where tickets.reject_reason = 'internal'
