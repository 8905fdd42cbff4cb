-- One row a visit and task that a human began in it.
select
    session_key,
    task,
    min(case when event_type = 'task_start' then happened_day end) as started_day,
    max(country) as country,
    'all' as segment,
    'all' as industry,
    'all' as strategic,
    max(referrer_type) as channel,
    'all' as queue,
    'all' as survey,
    {{ all_of(['touchpoint', 'stage', 'role', 'reason']) }},
    task as item,
    max(case when event_type = 'task_complete' then 1 else 0 end) = 1 as is_completed
from {{ ref('fct_web_event') }}
where not is_bot and session_key is not null and task is not null and event_type in ('task_start', 'task_complete')
group by session_key, task
having max(case when event_type = 'task_start' then 1 else 0 end) = 1
