{#-
    One vendor-neutral entity: the union of the staging models that feed it.

    The columns of the calling model's yml are the contract. A staging model may leave columns out: they are typed nulls then. With no
    source in use for the entity the relation is empty and typed, so that everything after it works with only some systems connected.

    A staging model that shows every version of a record says of each whether it `is_newest`: only those are the entity's rows, unless
    `every_version` is asked for.
-#}
{% macro union_inputs(entity, every_version=false) -%}
    {%- set feeds = var('inputs').get(entity, []) -%}
    {%- set contract = model.columns.values() | list -%}
    {%- if not feeds %}
select
        {%- for column in contract %}
    {{ built_at() if column.name == '_built_at' else typed_null(column.data_type) }} as {{ column.name }}{{ ',' if not loop.last }}
        {%- endfor %}
where 1 = 0
    {%- endif %}
    {%- for feed in feeds %}
        {%- set relation = ref(feed) -%}
        {%- set found = [] -%}
        {%- if execute -%}
            {%- set found = adapter.get_columns_in_relation(relation) | map(attribute='name') | list -%}
        {%- endif %}
{{ 'union all' if not loop.first }}
select
        {%- for column in contract %}
    {{ column_as(column, found) }} as {{ column.name }}{{ ',' if not loop.last }}
        {%- endfor %}
from {{ relation }}
        {%- if 'is_newest' in found and not every_version %}
where is_newest
        {%- endif %}
    {%- endfor %}
{%- endmacro %}

{% macro typed_null(data_type) -%}
    cast(null as {{ api.Column.translate_type(data_type) }})
{%- endmacro %}

{% macro column_as(column, found) -%}
    {%- if column.name == '_built_at' -%}
        {{ built_at() }}
    {%- elif column.name in found -%}
        cast({{ column.name }} as {{ api.Column.translate_type(column.data_type) }})
    {%- else -%}
        {{ typed_null(column.data_type) }}
    {%- endif -%}
{%- endmacro %}
