-- One row a ticket and day at whose end it was unsolved, up to the newest day the helpdesk told of.
with clock as (
    select max(day) as as_of_day
    from (
        select max(opened_day) as day from {{ ref('int_cases__open_periods') }}
        union all
        select max(closed_day) as day from {{ ref('int_cases__open_periods') }}
    ) as days
)

select
    days.day,
    tickets.ticket_key,
    tickets.country,
    tickets.segment,
    tickets.industry,
    tickets.strategic,
    tickets.channel,
    tickets.queue,
    tickets.survey,
    tickets.touchpoint,
    tickets.stage,
    tickets.role,
    tickets.reason,
    tickets.item,
    tickets.priority,
    cast({{ dbt.datediff('periods.created_day', 'days.day', 'day') }} as bigint) as age_days
from {{ ref('int_cases__open_periods') }} as periods
inner join {{ ref('int_cases__tickets') }} as tickets on periods.ticket_key = tickets.ticket_key
cross join clock
inner join {{ ref('dim_date') }} as days
    on days.day >= periods.opened_day
    and days.day < coalesce(periods.closed_day, {{ dbt.dateadd('day', 1, 'clock.as_of_day') }})
