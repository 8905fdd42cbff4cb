select
    web_event_key,
    happened_day,
    country,
    {{ all_of(['segment', 'industry', 'strategic']) }},
    referrer_type as channel,
    {{ all_of(['queue', 'survey', 'touchpoint', 'stage', 'role', 'reason', 'item']) }},
    coalesce(has_consent, false) as has_consent
from {{ ref('fct_web_event') }}
where person_key is not null
