{#- One of the organisation's settings for measures of employees (config/people.yml). -#}
{% macro people_setting(name) -%}
    {{ return(var('config').people[name]) }}
{%- endmacro %}

{#- A list of words as SQL literals, in lower case; an empty list matches nothing. -#}
{% macro words(listed) -%}
    {%- for word in listed %}'{{ word | lower | replace("'", "''") }}'{{ ', ' if not loop.last }}{% else %}null{% endfor -%}
{%- endmacro %}

{#- The same, as they are written. -#}
{% macro words_as_written(listed) -%}
    {%- for word in listed %}'{{ word | replace("'", "''") }}'{{ ', ' if not loop.last }}{% else %}null{% endfor -%}
{%- endmacro %}
