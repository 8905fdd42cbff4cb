{#-
    The incremental strategy `sliced`: a relation is computed again by whole slices, only those in which something it is made of has changed.

    `meta: {slice: [column, ...]}` names the columns that say which slice a row is of (a metric and a period, say). The pre-hook
    `recompute([...])` takes selects of the slices to compute, which it notes in `dirty_slice` for whoever is made of them; the model limits
    itself to them with `only_dirty`. What the slices held is replaced; a relation that is made anew computes everything.
-#}
{% macro get_incremental_sliced_sql(arg_dict) -%}
    {%- set target = arg_dict.target_relation -%}
    {%- set columns = arg_dict.dest_columns | map(attribute='name') | join(', ') -%}
    {%- set own = slice_of(model.name) -%}
delete from {{ target }}
where ({{ own | join(', ') }}) in ({{ dirty_slices() }});

insert into {{ target }} ({{ columns }})
select {{ columns }} from {{ arg_dict.temp_relation }};
{%- endmacro %}

{#- The columns that name a slice of the model. -#}
{% macro slice_of(name) -%}
    {{ return(node_of(name).config.meta['slice']) }}
{%- endmacro %}

{#- Pre-hook of a sliced model: notes the slices to compute, from a list of selects that give its slice columns in order. -#}
{% macro recompute(selects) -%}
    {%- if execute and is_incremental() -%}
        {%- set own = slice_of(model.name) -%}
insert into {{ ledger('dirty_slice') }} as noted (relation, slice, built_at)
select distinct '{{ ledger_name(this) }}', {{ row_key('changed', own) }}, {{ built_at() }}
from (
{{ selects | join('\nunion all\n') }}
) as changed ({{ own | join(', ') }})
on conflict (relation, slice) do update set built_at = excluded.built_at
    {%- endif -%}
{%- endmacro %}

{#- The slices that this build computes, as a select of the slice columns or of `columns` of them. -#}
{% macro dirty_slices(columns=none) -%}
select distinct {{ (columns or slice_of(model.name)) | join(', ') }}
from (
{{ noted_slices(model.name) }} and built_at = {{ built_at() }}
) as noted
{%- endmacro %}

{#- The notes of a sliced model, typed as its columns are; a condition on `built_at` may follow. -#}
{% macro noted_slices(name) -%}
    {%- set node = node_of(name) -%}
    select
        {%- for column in slice_of(name) %}
        cast({{ row_key_part('slice', loop.index) }} as {{ api.Column.translate_type(node.columns[column].data_type) }}) as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ledger('dirty_slice') }}
    where relation = '{{ ledger_name(relation_of(name)) }}'
{%- endmacro %}

{#- In a sliced model: limits the rows of `alias` to slices that are computed, when only those are. `columns`: what is its slice there. -#}
{% macro only_dirty(alias, columns=none, word='where') -%}
    {%- if is_incremental() -%}
        {%- set own = slice_of(model.name) -%}
{{ word }} ({% for column in own %}{{ alias }}.{{ (columns or own)[loop.index0] }}{{ ', ' if not loop.last }}{% endfor %}) in ({{ dirty_slices() }})
    {%- endif -%}
{%- endmacro %}

{#-
    A select of the slices of the sliced model `name` that were computed again since this model was built; all of them where it was made
    anew since. `columns` are expressions over its slice columns.
-#}
{% macro changed_slices(name, columns=none) -%}
    {%- set since = last_built(model.name) -%}
    {%- if since is none -%}{{ return('') }}{%- endif -%}
    {%- set own = slice_of(name) -%}
    {%- set given = (columns or own) | join(', ') -%}
select {{ given }}
from (
{{ noted_slices(name) }} and built_at > {{ since }}
) as noted
union all
select {{ given }}
from (select distinct {{ own | join(', ') }} from {{ relation_of(name) }}) as everything
where {{ was_made_anew(name, since) }}
{%- endmacro %}

{#-
    A select of the slices of the sliced model `name` that were computed again since what stands of the mart `published` was built; all of
    them where nothing stands, or `name` was made anew since.
-#}
{% macro unpublished_slices(name, published) -%}
    {%- set own = slice_of(name) | join(', ') if execute -%}
    {%- set mart = node_of(published) if execute -%}
    {%- set relation = ledger_name(relation_of(name)) if execute -%}
    {%- set standing = "select built_at from " ~ source('ops', 'applied_mart') ~ " where relation = '" ~ mart.schema | replace('next_', '') ~ '.' ~ mart.alias ~ "'" if execute -%}
    {%- if execute -%}
select distinct {{ own }}
from (
{{ noted_slices(name) }} and built_at > ({{ standing }})
) as noted
union
select distinct {{ own }}
from {{ relation_of(name) }}
where not exists (
    select 1 from {{ ledger('build_mark') }} where relation = '{{ relation }}' and whole_at <= ({{ standing }})
)
    {%- else -%}
select 1 from {{ source('ops', 'applied_mart') }}
    {%- endif -%}
{%- endmacro %}
