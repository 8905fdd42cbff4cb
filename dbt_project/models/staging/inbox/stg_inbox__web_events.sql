{{ config(enabled='inbox_website' in var('sources')) }}
select
    'inbox' as source,
    id as source_id,
    session_id,
    visitor_token,
    email_token as person_email_token,
    event_type,
    task,
    content as content_path,
    search_results,
    page_truncated as page_path,
    referrer_type,
    device,
    country,
    is_bot,
    has_consent,
    session_duration_seconds,
    {{ to_utc('happened_at') }} as happened_at,
    {{ to_utc('_loaded_at') }} as loaded_at,
    _is_deleted as is_deleted
from {{ newest(source('inbox_website', 'web_events')) }} as web_events
