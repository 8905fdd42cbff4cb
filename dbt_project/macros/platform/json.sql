{#- Whether a JSON list of words holds one of them. -#}
{% macro json_list_holds(column, word) -%}
    coalesce(cast({{ column }} as {{ dbt.type_string() }}) like '%"{{ word }}"%', false)
{%- endmacro %}

{#- A FROM item that gives one row per object of a JSON list, as column `item`. -#}
{% macro json_objects(column, alias) -%}
    {{ return(adapter.dispatch('json_objects')(column, alias)) }}
{%- endmacro %}

{% macro default__json_objects(column, alias) -%}
    cross join lateral jsonb_array_elements(cast({{ column }} as jsonb)) as {{ alias }} (item)
{%- endmacro %}

{% macro spark__json_objects(column, alias) -%}
    lateral view explode(from_json({{ column }}, 'array<string>')) {{ alias }} as item
{%- endmacro %}

{#- A member of a JSON object as text. -#}
{% macro json_text(item, name) -%}
    {{ return(adapter.dispatch('json_text')(item, name)) }}
{%- endmacro %}

{% macro default__json_text(item, name) -%}
    ({{ item }} ->> '{{ name }}')
{%- endmacro %}

{% macro spark__json_text(item, name) -%}
    get_json_object({{ item }}, '$.{{ name }}')
{%- endmacro %}
