{{ config(alias='fct_web_event') }}
select
    web_event_key,
    source,
    session_key,
    person_key,
    event_type,
    task,
    content_path,
    search_results,
    page_path,
    referrer_type,
    device,
    country,
    is_bot,
    session_duration_seconds,
    happened_at,
    happened_day
from {{ ref('fct_web_event') }}
