{#- Whether a signal meets a rule of config/journey.yml. -#}
{% macro meets(rule) -%}
    (signal = '{{ rule.signal }}'
    {%- for column, values in rule.where.items() %} and coalesce({{ column }} in ({% for value in values %}{{ quoted(value) }}{{ ', ' if not loop.last }}{% endfor %}), false){% endfor -%}
    )
{%- endmacro %}

{#- The path of an address: what stands behind its host; an address without a host is a path. -#}
{% macro path_of(column) -%}
    {{ return(adapter.dispatch('path_of')(column)) }}
{%- endmacro %}

{% macro default__path_of(column) -%}
    coalesce(nullif(regexp_replace({{ column }}, '^[a-z]+://[^/]*', ''), ''), '/')
{%- endmacro %}

{% macro spark__path_of(column) -%}
    coalesce(nullif(regexp_replace({{ column }}, '^[a-z]+://[^/]*', ''), ''), '/')
{%- endmacro %}
