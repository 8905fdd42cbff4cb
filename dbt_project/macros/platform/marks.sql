{#-
    The ledgers of what a build changed. They live in `intermediate` and are written in the transaction of the model they tell of:

    - `build_mark(relation, begun_at, built_at, whole_at, is_whole, tested_at)`: when a relation was last built (the moment its build began, so that
      everything it is made of that changes later has a later stamp), and when it was last made anew rather than added to;
    - `dirty_day(relation, day, built_at)`: days of a tracked relation whose rows changed, with the newest stamp of such a change;
    - `removed_row(relation, row_key, built_at)`: keys of rows that a tracked relation lost;
    - `dirty_slice(relation, slice, built_at)`: slices of a sliced relation that were computed again, with the stamp of the build that last did.
-#}
{% macro ledger(name) -%}
    {{ api.Relation.create(database=target.database, schema='intermediate', identifier=name) }}
{%- endmacro %}

{#- How a relation is named in the ledgers. -#}
{% macro ledger_name(relation) -%}
    {{ relation.schema }}.{{ relation.identifier }}
{%- endmacro %}

{#- The newest time, whatever zone the session has; later than every mark, even if the clock went back. -#}
{% macro build_stamp() -%}
    (
        select greatest(cast({{ clock_now() }} as timestamp), max({{ dbt.dateadd('microsecond', 1, 'built_at') }}))
        from {{ ledger('build_mark') }}
    )
{%- endmacro %}

{% macro clock_now() -%}
    {{ return(adapter.dispatch('clock_now')()) }}
{%- endmacro %}

{% macro default__clock_now() -%}
    timezone('utc', clock_timestamp())
{%- endmacro %}

{% macro spark__clock_now() -%}
    to_utc_timestamp(current_timestamp(), current_timezone())
{%- endmacro %}

{#- The stamp of this build of this model: the value of its column `_built_at`. -#}
{% macro built_at() -%}
    (select begun_at from {{ ledger('build_mark') }} where relation = '{{ ledger_name(this) }}')
{%- endmacro %}

{#- Before a model is built: note when that began. Hook of every model that is a table. -#}
{% macro note_begun() -%}
    {%- if model.config.materialized not in ('view', 'ephemeral') -%}
insert into {{ ledger('build_mark') }} as marks (relation, begun_at, is_whole)
values ('{{ ledger_name(this) }}', {{ build_stamp() }}, {{ not is_incremental() }})
on conflict (relation) do update set begun_at = excluded.begun_at, is_whole = excluded.is_whole
    {%- endif -%}
{%- endmacro %}

{#- After a model was built, in the same transaction. -#}
{% macro note_built() -%}
    {%- if model.config.materialized not in ('view', 'ephemeral') -%}
update {{ ledger('build_mark') }}
set built_at = begun_at, whole_at = case when is_whole then begun_at else whole_at end
where relation = '{{ ledger_name(this) }}'
    {%- endif -%}
{%- endmacro %}

{#-
    When a model was last built, as a literal, or none when it is to be built whole. `models` may be a list: the one longest ago counts, and
    none if one of them is to be built whole. To be used where a model is built, not where it is parsed.
-#}
{% macro last_built(models) -%}
    {%- if not execute or flags.FULL_REFRESH -%}{{ return(none) }}{%- endif -%}
    {%- set names = [] -%}
    {%- for name in ([models] if models is string else models) -%}
        {%- set found = relation_of(name) -%}
        {%- if adapter.get_relation(database=target.database, schema=found.schema, identifier=found.identifier) is none -%}
            {{ return(none) }}
        {%- endif -%}
        {%- do names.append(ledger_name(found) | string) -%}
    {%- endfor -%}
    {%- set found = run_query(
        "select min(built_at), count(built_at) from " ~ ledger('build_mark') ~ " where relation in ('" ~ names | join("', '") ~ "')"
    ).rows[0] -%}
    {{ return("cast('" ~ found[0] ~ "' as timestamp)" if found[1] == names | length else none) }}
{%- endmacro %}

{#- The relation of a model by its name, also where a `ref` would be a circle (a model that asks when another one read it). -#}
{% macro relation_of(name) -%}
    {%- set node = node_of(name) -%}
    {{ return(api.Relation.create(database=target.database, schema=node.schema, identifier=node.alias)) }}
{%- endmacro %}

{% macro node_of(name) -%}
    {%- for node in graph.nodes.values() if node.resource_type == 'model' and node.name == name -%}
        {{ return(node) }}
    {%- endfor -%}
    {{ exceptions.raise_compiler_error('there is no model ' ~ name) }}
{%- endmacro %}
