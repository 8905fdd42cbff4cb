select
    web_event_key as search_key,
    happened_day as searched_day,
    country,
    {{ all_of(['segment', 'industry', 'strategic']) }},
    referrer_type as channel,
    {{ all_of(['queue', 'survey', 'touchpoint', 'stage', 'role', 'reason', 'item']) }},
    search_results
from {{ ref('fct_web_event') }}
where event_type = 'search' and not is_bot
