-- Valid tickets handed from team to team, at the team that got them.
select
    handoff_key,
    ticket_key,
    handed_day,
    country,
    segment,
    industry,
    strategic,
    channel,
    to_queue as queue,
    'all' as survey,
    {{ all_of(['touchpoint', 'stage', 'role']) }},
    reason,
    from_queue || ' > ' || to_queue as item,
    wait_calendar_minutes,
    wait_business_minutes
from {{ ref('fct_ticket_handoff') }}
where is_valid
