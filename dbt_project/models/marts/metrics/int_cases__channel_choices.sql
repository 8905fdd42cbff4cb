-- Tickets of known persons, with what the person had tried in the 24 hours before.
with tried as (
    select person_key, {{ channel_of('channel') }} as channel, happened_at
    from {{ ref('fct_interaction') }}
    where person_key is not null and direction = 'inbound' and interaction_type in ('support', 'web')
)

select
    tickets.ticket_key,
    tickets.created_day,
    tickets.country,
    tickets.segment,
    tickets.industry,
    tickets.strategic,
    coalesce({{ channel_of('tickets.channel') }}, 'unknown') as channel,
    tickets.queue,
    {{ all_of(['survey', 'touchpoint', 'stage', 'role']) }},
    tickets.reason,
    {{ all_of(['item']) }},
    tickets.person_key,
    count(tried.person_key) > 0 as is_last_resort
from {{ ref('fct_ticket') }} as tickets
left join tried
    on tickets.person_key = tried.person_key
    and tried.happened_at < tickets.created_at and tried.happened_at >= {{ dbt.dateadd('hour', -24, 'tickets.created_at') }}
    and tried.channel <> coalesce({{ channel_of('tickets.channel') }}, 'unknown')
where tickets.is_valid and tickets.person_key is not null and tickets.created_at is not null and not coalesce(tickets.is_agent_opened, false)
group by
    tickets.ticket_key, tickets.created_day, tickets.country, tickets.segment, tickets.industry, tickets.strategic, tickets.channel, tickets.queue,
    tickets.reason, tickets.person_key
