{{ config(enabled='snowplow' in var('sources')) }}
-- One row an event. A task, a search and a download are structured events; whoever has not agreed has a session, but no cookie.
select
    'snowplow' as source,
    event_id as source_id,
    domain_sessionid as session_id,
    visitor_token,
    user_token as person_email_token,
    case
        when se_category = 'task' and se_action = 'start' then 'task_start'
        when se_category = 'task' and se_action = 'complete' then 'task_complete'
        when se_category = 'gate' then case se_action when 'impression' then 'gate_view' else 'gate_submit' end
        when se_category = 'helpful' then 'helpful_' || se_action
        when se_category in ('search', 'download') then se_category
        when event = 'page_view' then 'page_view'
        else 'event'
    end as event_type,
    case when se_category = 'task' then se_label_redacted end as task,
    case when se_category in ('gate', 'helpful') then se_label_redacted end as content_path,
    case when se_category = 'search' then cast(se_value as bigint) end as search_results,
    page_truncated as page_path,
    case
        when refr_medium = 'internal' then 'link'
        when mkt_medium is not null then 'campaign'
        when refr_medium = 'unknown' then 'website'
        else coalesce(refr_medium, 'direct')
    end as referrer_type,
    {{ device_of('user_agent') }} as device,
    geo_country as country,
    {{ is_machine('user_agent') }} as is_bot,
    visitor_token is not null as has_consent,
    60 * {{ minutes_between('min(derived_at) over (partition by domain_sessionid)', 'max(derived_at) over (partition by domain_sessionid)') }}
        as session_duration_seconds,
    {{ to_utc('derived_at') }} as happened_at,
    {{ to_utc('_loaded_at') }} as loaded_at,
    _is_deleted as is_deleted
from {{ newest(source('snowplow', 'events'), ['event_id']) }} as events
