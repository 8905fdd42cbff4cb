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
