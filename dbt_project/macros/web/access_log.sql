{#- Whether one of `words` stands in a text, whatever its case; `before` and `after` say what may surround it. -#}
{% macro text_holds(column, words, before='%', after='%') -%}
    (
    {%- for word in words -%}
        lower({{ column }}) like '{{ before }}{{ word }}{{ after }}'{{ ' or ' if not loop.last }}
    {%- endfor -%}
    )
{%- endmacro %}

{#- Whether a browser fetches the path by itself, as a part of a page, or a feed reader does. -#}
{% macro is_part_of_page(path) -%}
    {{ text_holds(path, ['.css', '.js', '.map', '.png', '.jpg', '.jpeg', '.gif', '.svg', '.ico', '.webp', '.woff', '.woff2', '.ttf',
        '.xml', '.rss', '.atom', '.txt'], after='') }}
{%- endmacro %}

{#- Whether the path is a file that people keep. -#}
{% macro is_download(path) -%}
    {{ text_holds(path, ['.pdf', '.zip', '.gz', '.tgz', '.bz2', '.rpm', '.deb', '.jar', '.exe', '.dmg', '.mp3', '.mp4', '.odt', '.doc',
        '.docx', '.xls', '.xlsx', '.ppt', '.pptx'], after='') }}
{%- endmacro %}

{#- Whether a browser says that it is a machine: machines give an address where to complain, people's browsers do not. -#}
{% macro is_machine(user_agent) -%}
    ({{ user_agent }} is null or {{ text_holds(user_agent, ['bot', 'crawl', 'spider', 'slurp', 'feed', 'curl', 'wget', 'python', 'libwww',
        'java/', 'monitor', 'http:', 'https:', '<email>']) }})
{%- endmacro %}

{#- Kind of device, as far as a browser tells. -#}
{% macro device_of(user_agent) -%}
    case
        when {{ text_holds(user_agent, ['ipad', 'tablet']) }} then 'tablet'
        when {{ text_holds(user_agent, ['mobile', 'iphone', 'android']) }} then 'phone'
        when {{ user_agent }} is not null then 'desktop'
    end
{%- endmacro %}

{#-
    Page views and downloads of an access log, put together to visits: requests for pages and files that were answered, also from the
    browser's own store. A visitor is an address with a browser; a visit ends when its visitor is silent for half an hour.
-#}
{% macro page_views_of_log(source_name, stream) -%}
with requests as (
    select
        *,
        {{ dbt.hash("coalesce(remote_host_token, '') || '|' || coalesce(user_agent, '')") }} as visitor_token,
        {{ to_utc('requested_at') }} as happened_at,
        {{ minutes_between('lag(requested_at) over (partition by remote_host_token, user_agent order by requested_at, log_offset)', 'requested_at') }}
            as silent
    from {{ newest(source(source_name, stream), ['log_started_at', 'log_offset']) }} as newest_requests
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
    '{{ source_name }}' as source,
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
{%- endmacro %}
