{{ config(enabled='export_weblog' in var('sources')) }}
-- Requests for pages and files that were answered, also from the browser's own store. A visitor is an address with a browser; a visit
-- ends when its visitor is silent for half an hour.
with requests as (
    select
        *,
        {{ dbt.hash("coalesce(remote_host_token, '') || '|' || coalesce(user_agent, '')") }} as visitor_token,
        {{ to_utc('requested_at') }} as happened_at,
        {{ minutes_between('lag(requested_at) over (partition by remote_host_token, user_agent order by requested_at, log_offset)', 'requested_at') }}
            as silent
    from {{ newest(source('export_weblog', 'requests'), ['log_started_at', 'log_offset']) }} as newest_requests
    where method = 'GET' and status in (200, 304) and not coalesce({{ is_part_of_page('url_truncated') }}, false)
),

visits as (
    select
        *,
        sum(case when silent <= 30 then 0 else 1 end) over (
            partition by visitor_token order by happened_at, log_offset rows unbounded preceding
        ) as visit
    from requests
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
    60 * {{ minutes_between('min(happened_at) over (partition by visitor_token, visit)',
        'max(happened_at) over (partition by visitor_token, visit)') }} as session_duration_seconds,
    happened_at,
    {{ to_utc('_loaded_at') }} as loaded_at,
    _is_deleted as is_deleted
from visits
