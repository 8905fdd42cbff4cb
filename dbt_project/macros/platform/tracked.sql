{#-
    The incremental strategy `tracked`: only rows that really differ are replaced, and what changed is written down for whoever is made of it.

    A tracked model has a list `unique_key` and a column `_built_at`, filled with `built_at()`: the stamp of the build that wrote the row. It
    computes everything, and what does not come out is removed; or, with the pre-hook `want([...])`, only the rows of `wanted()`, and a
    wanted key that does not come out is removed. `meta: {days: [column, ...]}` names the days of a row: the old and the new days of every
    row that changed are noted in `dirty_day`. `meta: {carried: [column, ...]}` names columns that readers need of a row that is gone (the
    ticket of an event); their old values are noted in `removed_row` behind the key, also when only they changed.
-#}
{% macro get_incremental_tracked_sql(arg_dict) -%}
    {{ return(adapter.dispatch('tracked_sql')(arg_dict)) }}
{%- endmacro %}

{% macro default__tracked_sql(arg_dict) -%}
    {%- set target = arg_dict.target_relation -%}
    {%- set fresh = arg_dict.temp_relation -%}
    {%- set key = arg_dict.unique_key -%}
    {%- set columns = arg_dict.dest_columns | map(attribute='name') | list -%}
    {%- set days = (config.get('meta') or {}).get('days', []) -%}
    {%- set carried = (config.get('meta') or {}).get('carried', []) -%}
    {%- set name = ledger_name(target) -%}
    {%- set gone = 'gone__' ~ local_md5(name)[:16] -%}
    {%- if '_built_at' not in columns or not key or key is string -%}
        {{ exceptions.raise_compiler_error(name ~ ': a tracked model has a list `unique_key` and a column `_built_at` filled with built_at()') }}
    {%- endif -%}
    {%- set compared = columns | reject('in', key + ['_built_at']) | list -%}
analyze {{ fresh }};

create temporary table {{ gone }} on commit drop as
select {{ columns_of('kept', key + carried) }}{% for day in days %}, cast(kept.{{ day }} as date) as day_{{ loop.index }}{% endfor %}
from {{ target }} as kept
{%- if has_wanted() %}
inner join {{ wanted() }} as wanted on {{ same_key('wanted', 'kept', key) }}
{%- endif %}
where not exists (select 1 from {{ fresh }} as fresh where {{ same_key('fresh', 'kept', key) }});

delete from {{ fresh }} as fresh
using {{ target }} as kept
where {{ same_key('fresh', 'kept', key) }}
    and row({{ columns_of('fresh', compared) }}) is not distinct from row({{ columns_of('kept', compared) }});

analyze {{ fresh }};
{% if days %}
insert into {{ ledger('dirty_day') }} as noted (relation, day, built_at)
select '{{ name }}', changed.day, {{ built_at() }}
from (
    {%- for day in days %}
    select cast(fresh.{{ day }} as date) as day from {{ fresh }} as fresh
    union
    select cast(kept.{{ day }} as date) from {{ target }} as kept
    inner join {{ fresh }} as fresh on {{ same_key('fresh', 'kept', key) }}
    union
    select day_{{ loop.index }} from {{ gone }}
    {{- ' union ' if not loop.last }}
    {%- endfor %}
) as changed
where changed.day is not null
on conflict (relation, day) do update set built_at = excluded.built_at;
{% endif %}
insert into {{ ledger('removed_row') }} as noted (relation, row_key, built_at)
select '{{ name }}', {{ row_key(gone, key + carried) }}, {{ built_at() }}
from {{ gone }}
{%- if carried %}
union
select '{{ name }}', {{ row_key('kept', key + carried) }}, {{ built_at() }}
from {{ target }} as kept
inner join {{ fresh }} as fresh on {{ same_key('fresh', 'kept', key) }}
where row({{ columns_of('fresh', carried) }}) is distinct from row({{ columns_of('kept', carried) }})
{%- endif %}
on conflict (relation, row_key) do update set built_at = excluded.built_at;

delete from {{ target }} as kept using {{ gone }} where {{ same_key(gone, 'kept', key) }};

delete from {{ target }} as kept using {{ fresh }} as fresh where {{ same_key('fresh', 'kept', key) }};

insert into {{ target }} ({{ columns | join(', ') }})
select {{ columns | join(', ') }} from {{ fresh }};

drop table {{ gone }};
{%- if has_wanted() %}

truncate {{ wanted() }};
{%- endif %}
{%- endmacro %}

{#-
    Pre-hook of a tracked model that computes only what is wanted: the keys to compute, from a list of selects that give the columns of
    `unique_key`. `changed()` gives such selects.
-#}
{% macro want(selects) -%}
    {%- if execute and is_incremental() -%}
{{ lookups_by_index() }}
drop table if exists {{ wanted() }};
create table {{ wanted() }} as
select distinct {{ config.get('unique_key') | join(', ') }}
from (
{{ selects | join('\nunion all\n') }}
) as changed ({{ config.get('unique_key') | join(', ') }});
analyze {{ wanted() }}
    {%- endif -%}
{%- endmacro %}

{#- Few keys are looked up by index; elsewhere the planner's bad estimates of a full build keep it from that (config/access.yml). -#}
{% macro lookups_by_index() -%}
    {{ return(adapter.dispatch('lookups_by_index')()) }}
{%- endmacro %}

{% macro default__lookups_by_index() -%}
set local enable_nestloop to on;
{%- endmacro %}

{% macro spark__lookups_by_index() -%}
{%- endmacro %}

{#- The keys that this build computes; made by `want`. -#}
{% macro wanted() -%}
    {{ ledger('wanted__' ~ model.name) }}
{%- endmacro %}

{% macro has_wanted() -%}
    {%- for hook in config.get('pre_hook', []) + config.get('pre-hook', []) if 'want' in (hook.sql if hook.sql is defined else hook) -%}
        {{ return(true) }}
    {%- endfor -%}
    {{ return(false) }}
{%- endmacro %}

{#- In the model: joins `alias` to what is wanted, when only that is computed. -#}
{% macro only_wanted(alias, key=none) -%}
    {%- if is_incremental() -%}
        {%- set own = config.get('unique_key') -%}
inner join {{ wanted() }} as wanted
    on {% for column in own %}wanted.{{ column }} = {{ alias }}.{{ (key or own)[loop.index0] }}{{ ' and ' if not loop.last }}{% endfor %}
    {%- endif -%}
{%- endmacro %}

{#- In a model that shows the rows of one tracked model: limits them to what was written since this one was built. -#}
{% macro only_rewritten() -%}
    {%- if is_incremental() -%}
where _built_at > {{ last_built(model.name) }}
    {%- endif -%}
{%- endmacro %}

{#-
    As `only_wanted`, where the ids of several relations stand side by side behind a prefix (`ticket_event:17`): joins the row of `alias` whose
    `columns` are what is wanted with this prefix. `columns`: the source, and the id that follows the prefix.
-#}
{% macro only_wanted_behind(prefix, alias, columns=['source', 'source_id']) -%}
    {%- if is_incremental() -%}
inner join (
        select source, substr(source_id, {{ prefix | length + 1 }}) as source_id
        from {{ wanted() }}
        where source_id like '{{ prefix }}%'
    ) as wanted
        on wanted.source = {{ alias }}.{{ columns[0] }} and wanted.source_id = {{ alias }}.{{ columns[1] }}
    {%- endif -%}
{%- endmacro %}

{#-
    A select of the keys of the tracked model `name` that were written or removed since this model (or `since_of`, a model or several) was
    built. `columns` are expressions over its key and carried columns, by default its key; `everything` is what is selected where `name` was
    made anew since, by default all keys of this model.
-#}
{% macro changed(name, columns=none, since_of=none, everything=none) -%}
    {%- set since = last_built(since_of or model.name) -%}
    {%- if since is none -%}{{ return('') }}{%- endif -%}
    {%- set relation = relation_of(name) -%}
    {%- set node = node_of(name) -%}
    {%- set known = node.config.unique_key + node.config.meta.get('carried', []) -%}
    {%- set given = (columns or node.config.unique_key) | join(', ') -%}
select {{ given }}
from {{ relation }}
where _built_at > {{ since }}
union all
select {{ given }}
from (
    select {% for column in known %}{{ row_key_part('row_key', loop.index) }} as {{ column }}{{ ', ' if not loop.last }}{% endfor %}
    from {{ ledger('removed_row') }}
    where relation = '{{ ledger_name(relation) }}' and built_at > {{ since }}
) as removed
{%- if everything != '' %}
union all
select * from ({{ everything or 'select ' ~ config.get('unique_key', []) | join(', ') ~ ' from ' ~ this }}) as everything
where {{ was_made_anew(name, since) }}
{%- endif %}
{%- endmacro %}

{#-
    A select of the keys of the model `name`, or of `selected`, whose `columns` are the key (or `keys`) of what changed in the tracked model `of`
    since this model (or `since_of`) was built; of all of them where `of` was made anew since.
-#}
{% macro matching(name, columns, of, keys=none, selected=none, since_of=none) -%}
    {%- set own = 'select ' ~ (selected or node_of(name).config.unique_key) | join(', ') ~ ' from ' ~ relation_of(name) if execute -%}
    {%- set since = last_built(since_of or model.name) -%}
    {%- if since is none -%}{{ return('') }}{%- endif -%}
{{ own }}
where ({{ columns | join(', ') }}) in (
{{ changed(of, keys, since_of, everything='') }}
)
union all
{{ own }}
where {{ was_made_anew(of, since) }}
{%- endmacro %}

{% macro was_made_anew(name, since) -%}
exists (
    select 1 from {{ ledger('build_mark') }} where relation = '{{ ledger_name(relation_of(name)) }}' and whole_at > {{ since }}
)
{%- endmacro %}

{#-
    Days on which rows of the tracked model `name` changed since this model was built, as a select of `day`; none when all its days are to be
    computed anew (it was made anew since, or this model is).
-#}
{% macro changed_days(name) -%}
    {%- set since = last_built(model.name) -%}
    {%- if since is none -%}{{ return(none) }}{%- endif -%}
    {%- set relation = ledger_name(relation_of(name)) | string -%}
    {%- set anew = run_query(
        "select count(*) from " ~ ledger('build_mark') ~ " where relation = '" ~ relation ~ "' and whole_at <= " ~ since
    ).rows[0][0] == 0 -%}
    {{ return(none if anew else "(select day from " ~ ledger('dirty_day') ~ " where relation = '" ~ relation ~ "' and built_at > " ~ since ~ ")") }}
{%- endmacro %}

{% macro same_key(one, other, key) -%}
    {%- for column in key -%}{{ one }}.{{ column }} = {{ other }}.{{ column }}{{ ' and ' if not loop.last }}{%- endfor -%}
{%- endmacro %}

{% macro columns_of(alias, columns) -%}
    {%- for column in columns -%}{{ alias }}.{{ column }}{{ ', ' if not loop.last }}{%- endfor -%}
{%- endmacro %}

{#- The values of a key as one list of texts, and a part of it. -#}
{% macro row_key(alias, key) -%}
    array[{% for column in key %}cast({{ alias }}.{{ column }} as {{ dbt.type_string() }}){{ ', ' if not loop.last }}{% endfor %}]
{%- endmacro %}

{% macro row_key_part(column, number) -%}
    {{ column }}[{{ number }}]
{%- endmacro %}
