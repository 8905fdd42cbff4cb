-- Valid tickets with everything a metric may count, wait for or be cut by.
with clock as (
    select {{ business_day('as_of_at') }} as as_of_day
    from {{ ref('int_support__data_time') }}
)

select
    tickets.ticket_key,
    tickets.cut_account_key as account_key,
    tickets.clock_started_at as started_at,
    tickets.schedule_id,
    tickets.created_day,
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
    'all' as item,
    tickets.priority,
    tickets.is_open,
    tickets.first_reply_at is not null as is_replied,
    not tickets.is_open and tickets.last_solved_at is not null as is_solved,
    tickets.reopens > 0 or tickets.follow_ups > 0 as is_reopened,
    tickets.first_solved_day <= {{ dbt.dateadd('day', -14, 'clock.as_of_day') }} as is_matured,
    {% for clock in ['calendar', 'business'] %}
    {{ awaited_minutes('tickets', clock) }} as awaited_{{ clock }}_minutes,
    {% endfor %}
    {% for name in ['first_reply', 'first_solved', 'last_solved'] %}
    tickets.{{ name }}_calendar_minutes,
    tickets.{{ name }}_business_minutes{{ ',' if not loop.last }}
    {% endfor %}
from {{ ref('fct_ticket') }} as tickets
cross join clock
where tickets.is_valid
