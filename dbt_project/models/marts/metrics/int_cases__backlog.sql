-- One row a ticket and day at whose end it was unsolved, up to the newest day the helpdesk told of.
select
    day,
    ticket_key,
    country,
    segment,
    industry,
    strategic,
    channel,
    queue,
    'all' as survey,
    {{ all_of(['touchpoint', 'stage', 'role']) }},
    reason,
    age_band as item,
    priority,
    age_days
from {{ ref('fct_ticket_daily') }}
where is_open_at_end
