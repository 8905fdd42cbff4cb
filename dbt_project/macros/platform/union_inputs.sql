{#-
    One vendor-neutral entity: the union of the staging models that feed it.

    The columns of the calling model's yml are the contract. A staging model may leave columns out: they are typed nulls then. With no
    source in use for the entity the relation is empty and typed, so that everything after it works with only some systems connected.

    A staging model that shows every version of a record says of each whether it `is_newest`: only those are the entity's rows, unless
    `every_version` is asked for. When the entity is added to, each feed gives what was touched, or all of it where that cannot be told
    (`want_touched`).
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
        {%- endif -%}
        {%- set newest_only = 'is_newest' in found and not every_version -%}
        {%- if is_incremental() and node_of(feed).config.meta.get('delta') %}
{{ columns_fed(contract, found) }}
from {{ touched_view(node_of(feed)) }}
where {{ 'is_newest' if newest_only else '1 = 1' }}
union all
        {%- endif %}
{{ columns_fed(contract, found) }}
from {{ relation }}
where {{ 'is_newest' if newest_only else '1 = 1' }}
        {%- if is_incremental() %}
    and exists (select 1 from {{ ledger('feed_state') }} where feed = '{{ feed }}' and is_whole)
        {%- endif %}
{{ 'union all' if not loop.last }}
    {%- endfor %}
{%- endmacro %}

{% macro columns_fed(contract, found) -%}
select
    {%- for column in contract %}
    {{ column_as(column, found) }} as {{ column.name }}{{ ',' if not loop.last }}
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
