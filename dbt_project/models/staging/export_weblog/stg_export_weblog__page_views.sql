{{ config(enabled='export_weblog' in var('sources')) }}
-- Answered requests for pages and files. A visitor is an address with a browser; a visit ends when its visitor is silent for half an hour.
with requests as (
    select
        *,
        {{ dbt.hash("coalesce(remote_host_token, '') || '|' || coalesce(user_agent, '')") }} as visitor_token,
        {{ to_utc('requested_at') }} as happened_at
    from {{ newest(source('export_weblog', 'requests'), ['log_started_at', 'log_offset']) }} as newest_requests
    where method = 'GET' and status between 200 and 399 and not coalesce({{ is_part_of_page('url_truncated') }}, false)
),

silences as (
    select *, {{ minutes_between('lag(happened_at) over (partition by visitor_token order by happened_at, log_offset)', 'happened_at') }} as silent_minutes
    from requests
),

visits as (
    select *, sum(case when silent_minutes <= 30 then 0 else 1 end) over (
        partition by visitor_token order by happened_at, log_offset rows unbounded preceding
    ) as visit
    from silences
)

select
    'export_weblog' as source,
    cast({{ to_utc('log_started_at') }} as {{ dbt.type_string() }}) || ':' || cast(log_offset as {{ dbt.type_string() }}) as source_id,
    visitor_token || ':' || cast(min(happened_at) over (partition by visitor_token, visit) as {{ dbt.type_string() }}) as session_id,
    visitor_token,
    case when {{ is_download('url_truncated') }} then 'download' else 'page_view' end as event_type,
    coalesce(url_truncated, '/') as page_path,
    case when referrer_truncated is null then 'direct' else 'link' end as referrer_type,
    {{ device_of('user_agent') }} as device,
    {{ is_machine('user_agent') }} as is_bot,
    {{ minutes_between('min(happened_at) over (partition by visitor_token, visit)', 'max(happened_at) over (partition by visitor_token, visit)') }} * 60
        as session_duration_seconds,
    happened_at,
    {{ to_utc('_loaded_at') }} as loaded_at,
    _is_deleted as is_deleted
from visits
