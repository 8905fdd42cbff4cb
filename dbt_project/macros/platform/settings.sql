{#-
    Rows of a list of the organisation's settings, one an item. The columns and types are those of the calling model's contract; a
    column that the items lack is a typed null. `rename` says under which word of the item a column stands; a list reads "a, b".
-#}
{% macro setting_rows(items, rename={}, columns=none) -%}
    {%- set wanted = [] -%}
    {%- for column in (columns or model.columns.values() | list) -%}
        {%- set word = rename.get(column.name, column.name) -%}
        {%- set has_word = items | selectattr(word, 'defined') | list -%}
        {%- if has_word or not items -%}{%- set _ = wanted.append([column.name, word, column.data_type]) -%}{%- endif -%}
    {%- endfor -%}
    {%- for item in items %}
    select
        {%- for name, word, data_type in wanted %}
        {{ setting_value(item.get(word), data_type) }} as {{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
    {{ 'union all' if not loop.last }}
    {%- else %}
    select
        {%- for name, word, data_type in wanted %}
        {{ typed_null(data_type) }} as {{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
    where 1 = 0
    {%- endfor %}
{%- endmacro %}

{#- One value of a setting as typed SQL. -#}
{% macro setting_value(value, data_type) -%}
    {%- if value is none or (value is sequence and not value) -%}
        {{ typed_null(data_type) }}
    {%- elif value is string -%}
        cast({{ quoted(value) }} as {{ api.Column.translate_type(data_type) }})
    {%- elif value is boolean -%}
        {{ 'true' if value else 'false' }}
    {%- elif value is number -%}
        cast({{ value }} as {{ api.Column.translate_type(data_type) }})
    {%- else -%}
        cast({{ quoted(value | join(', ')) }} as {{ dbt.type_string() }})
    {%- endif -%}
{%- endmacro %}

{#- Where a contact goes that the journey map has no place for. -#}
{% macro unmapped_touchpoint() -%}
    {{ return({
        'id': 'unmapped', 'title': 'Not in the journey map', 'stage': 'unknown', 'interaction': 'unknown', 'mode': 'unknown',
        'object_level': 'unknown', 'owner_area': 'unknown', 'version': 1, 'valid_from': '1900-01-01', 'valid_to': '9999-12-31',
    }) }}
{%- endmacro %}

{#- The organisation's word for a channel that a source names in its own (config/channels.yml); what it does not know stays as it is. -#}
{% macro channel_of(column) -%}
    {%- if var('config').get('channels') -%}
    case lower({{ column }})
        {%- for channel in var('config').channels %}{% for word in channel.words if word != channel.id %}
        when {{ quoted(word) }} then '{{ channel.id }}'
        {%- endfor %}{% endfor %}
        else lower({{ column }})
    end
    {%- else -%}
    lower({{ column }})
    {%- endif -%}
{%- endmacro %}
