-- Targets that valid tickets were promised and that nothing took the place of.
select
    sla_key,
    ticket_key,
    started_day,
    country,
    segment,
    industry,
    strategic,
    channel,
    queue,
    'all' as survey,
    {{ all_of(['touchpoint', 'stage', 'role']) }},
    reason,
    policy || ': ' || metric as item,
    priority,
    state
from {{ ref('fct_sla') }}
where state not in ('superseded', 'not counted')
