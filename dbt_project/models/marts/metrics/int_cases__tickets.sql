-- Valid tickets with everything a metric may count, wait for or be cut by.
with clock as (
    select max(day) as as_of_day
    from (
        select max(created_day) as day from {{ ref('fct_ticket') }} where is_valid
        union all
        select {{ business_day('max(happened_at)') }} as day from {{ ref('fct_ticket_event') }}
    ) as days
),

followed_up as (
    select distinct source, followup_of_source_id as source_id
    from {{ ref('input__tickets') }}
    where followup_of_source_id is not null and not coalesce(is_deleted, false)
)

select
    tickets.ticket_key,
    tickets.created_day,
    tickets.first_solved_day,
    coalesce(nullif(accounts.country, 'unknown'), persons.country, 'unknown') as country,
    coalesce(accounts.segment, 'unknown') as segment,
    coalesce(accounts.industry, 'unknown') as industry,
    coalesce(accounts.strategic, 'unknown') as strategic,
    tickets.channel,
    tickets.queue,
    'all' as survey,
    {{ all_of(['touchpoint', 'stage', 'role']) }},
    tickets.reason,
    'all' as item,
    tickets.priority,
    tickets.is_open,
    tickets.first_reply_at is not null as is_replied,
    tickets.reopens > 0 or followed_up.source_id is not null as is_reopened,
    tickets.first_solved_day <= {{ dbt.dateadd('day', -14, 'clock.as_of_day') }} as is_matured,
    {% for name in ['first_reply', 'first_solved', 'last_solved'] %}
    tickets.{{ name }}_calendar_minutes,
    tickets.{{ name }}_business_minutes{{ ',' if not loop.last }}
    {% endfor %}
from {{ ref('fct_ticket') }} as tickets
cross join clock
{{ join_as_of('person', 'persons', 'tickets.person_key', 'tickets.created_at') }}
{{ join_as_of('account', 'accounts', 'coalesce(tickets.account_key, persons.account_key)', 'tickets.created_at') }}
left join followed_up on tickets.source = followed_up.source and tickets.source_id = followed_up.source_id
where tickets.is_valid
