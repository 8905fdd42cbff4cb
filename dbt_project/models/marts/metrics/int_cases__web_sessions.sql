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
    cast(count(*) as bigint) as events
from {{ ref('fct_web_event') }}
where not is_bot and session_key is not null
group by session_key
