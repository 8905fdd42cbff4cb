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

{#- A member of the first object of a JSON list as text; null if the list is empty or absent. -#}
{% macro json_first(list, name) -%}
    {{ return(adapter.dispatch('json_first')(list, name)) }}
{%- endmacro %}

{% macro default__json_first(list, name) -%}
    (cast({{ list }} as jsonb) -> 0 ->> '{{ name }}')
{%- endmacro %}

{% macro spark__json_first(list, name) -%}
    get_json_object({{ list }}, '$[0].{{ name }}')
{%- endmacro %}

{#- A FROM item that gives one row per part of a text, as column `item`. -#}
{% macro split_rows(column, delimiter, alias) -%}
    {{ return(adapter.dispatch('split_rows')(column, delimiter, alias)) }}
{%- endmacro %}

{% macro default__split_rows(column, delimiter, alias) -%}
    cross join lateral unnest(string_to_array({{ column }}, '{{ delimiter }}')) as {{ alias }} (item)
{%- endmacro %}

{% macro spark__split_rows(column, delimiter, alias) -%}
    lateral view explode(split({{ column }}, '{{ delimiter }}')) {{ alias }} as item
{%- endmacro %}

{#- A FROM item that gives one row per member of a JSON object, as columns `name` and `item`. -#}
{% macro json_members(column, alias) -%}
    {{ return(adapter.dispatch('json_members')(column, alias)) }}
{%- endmacro %}

{% macro default__json_members(column, alias) -%}
    cross join lateral jsonb_each(cast({{ column }} as jsonb)) as {{ alias }} (name, item)
{%- endmacro %}

{% macro spark__json_members(column, alias) -%}
    lateral view explode(from_json({{ column }}, 'map<string,string>')) {{ alias }} as name, item
{%- endmacro %}
