-- One row a visit by a human.
select
    session_key,
    min(happened_day) as happened_day,
    max(country) as country,
    'all' as segment,
    'all' as industry,
    'all' as strategic,
    max(referrer_type) as channel,
    'all' as queue,
    'all' as survey,
    {{ all_of(['touchpoint', 'stage', 'role', 'reason', 'item']) }},
    cast(count(*) as bigint) as events,
    max(coalesce(session_duration_seconds, 0)) > 10
    or sum(case when event_type = 'page_view' then 1 else 0 end) >= 2
    or sum(case when event_type in ('task_complete', 'gate_submit', 'download') then 1 else 0 end) >= 1 as is_engaged
from {{ ref('fct_web_event') }}
where not is_bot and session_key is not null
group by session_key
