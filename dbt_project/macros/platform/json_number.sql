{#- A JSON number, or a number written as JSON text, as a float; null for anything else. -#}
{% macro json_number(column) -%}
    {{ return(adapter.dispatch('json_number')(column)) }}
{%- endmacro %}

{% macro default__json_number(column) -%}
    case when ({{ column }} #>> '{}') ~ '^-?[0-9]+([.][0-9]+)?$' then cast({{ column }} #>> '{}' as {{ dbt.type_float() }}) end
{%- endmacro %}

{% macro spark__json_number(column) -%}
    try_cast(get_json_object({{ column }}, '$') as {{ dbt.type_float() }})
{%- endmacro %}
