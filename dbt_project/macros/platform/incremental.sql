{#-
    The watermark of an incremental model: rows whose `loaded_at` is later are new. A page is one transaction and never lasts minutes,
    so looking back a quarter of an hour catches what was stamped before, and committed after, the last build read.
-#}
{% macro watermark(relation) -%}
    (select {{ dbt.dateadd('minute', -15, 'max(loaded_at)') }} from {{ relation }})
{%- endmacro %}

{#- The relation `identifier` of `schema` as the last build left it, or none when everything is to be built. -#}
{% macro built_before(schema, identifier) -%}
    {%- set found = none -%}
    {%- if execute and not flags.FULL_REFRESH -%}
        {%- set found = adapter.get_relation(database=target.database, schema=schema, identifier=identifier) -%}
    {%- endif -%}
    {{ return(found) }}
{%- endmacro %}

{#- After a merge: rows whose input row is gone (a source taken out of use, a person erased) go too, as a full rebuild would have it. -#}
{% macro forget_vanished(input, key=['source', 'source_id']) -%}
    delete from {{ this }}
    where not exists (
        select 1 from {{ ref(input) }} as still
        where {% for column in key %}still.{{ column }} = {{ this }}.{{ column }}{{ ' and ' if not loop.last }}{% endfor %}
    )
{%- endmacro %}

{#- Tell the planner what a relation just built holds; without it the next model is planned for an empty table. -#}
{% macro gather_statistics() -%}
    {{ return(adapter.dispatch('gather_statistics')()) }}
{%- endmacro %}

{% macro default__gather_statistics() -%}
    {%- if model.config.materialized != 'view' -%}analyze {{ this }}{%- endif -%}
{%- endmacro %}

{% macro spark__gather_statistics() -%}
    {%- if model.config.materialized != 'view' -%}analyze table {{ this }} compute statistics{%- endif -%}
{%- endmacro %}
