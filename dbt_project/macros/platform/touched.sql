{#-
    Staging limited to what arrived since the last build.

    A staging view says in its `meta` how it may be limited:

        delta: {
            key: [id],                                    what is looked up: columns by which every `newest()` of the model is limited. They
                                                          are of a record for good (a rating's ticket): of one that moves from one value to
                                                          another, only versions of the one would be seen
            ids: "cast(id as text)",                      the source ids that a key stands for: an expression over the key, or a select that
                                                          reads {touched}
            touched_by: {zendesk.tickets: [id], zendesk.ticket_events: [ticket_id]},
                                                          for each raw relation the columns that are the key, or a select of keys with
                                                          {since}
        }

    Beside the view there is one named `<model>__touched` then: the same query over the keys in `intermediate.touched__<model>`. A model that
    says nothing, or whose look-up changed (a raw relation it reads that is not in `touched_by`), is read whole and compared.
-#}

{#- A raw relation to read: all of it, or in the view over touched keys those whose columns `limited` are the key. -#}
{% macro raw_rows(relation, key, touched) -%}
    {%- set limited = touched or (key if key == (config.get('meta') or {}).get('delta', {}).get('key')) -%}
    {{ relation }}{{ ' /* touched: ' ~ limited | join(', ') ~ ' */' if limited }}
{%- endmacro %}

{#- Post-hook of staging: the view over touched keys. -#}
{% macro view_of_touched() -%}
    {%- set delta = (config.get('meta') or {}).get('delta') -%}
    {%- if execute and delta -%}
        {%- set touched = ledger('touched__' ~ model.name) -%}
        {%- set limit = 'where (\\1) in (select ' ~ delta.key | join(', ') ~ ' from ' ~ touched ~ ')' -%}
        {%- set typed_by = delta.touched_by.items() | rejectattr('1', 'string') | first -%}
drop table if exists {{ touched }} cascade;
create table {{ touched }} as
select {% for column in delta.key %}{{ typed_by[1][loop.index0] }} as {{ column }}{{ ', ' if not loop.last }}{% endfor %}
from raw_{{ typed_by[0] }}
where 1 = 0;
create view {{ touched_view(model) }} as
{{ modules.re.sub('/\\* touched: (.*?) \\*/', limit, model.compiled_code) }}
    {%- endif -%}
{%- endmacro %}

{% macro touched_view(node) -%}
    {{ api.Relation.create(database=target.database, schema=node.schema, identifier=node.name ~ '__touched') }}
{%- endmacro %}

{#-
    Pre-hook of an input entity: which of its feeds are read how (`intermediate.feed_state`), the keys that were touched, and the rows that are
    wanted because of them. A page lands in one transaction that never lasts minutes: looking back a quarter of an hour catches what was
    stamped before, and committed after, the last build read.
-#}
{% macro want_touched(entity) -%}
    {%- if execute and is_incremental() -%}
        {%- set found = last_built(model.name) -%}
        {%- set since = "cast(" ~ dbt.dateadd('minute', -15, found or "cast('1900-01-01' as timestamp)") ~ " as timestamp)" -%}
        {%- set state = {} -%}
        {%- set whole = [] -%}
        {%- for feed in var('inputs').get(entity, []) -%}
            {%- set node = node_of(feed) -%}
            {%- set delta = node.config.meta.get('delta') -%}
            {%- set changed = raw_changed(raw_read_by(node), since) -%}
            {%- set unlimited = changed | reject('in', (delta or {}).get('touched_by', {}).keys() | list) | list -%}
            {%- if unlimited -%}{%- do whole.append(node.fqn[2]) -%}{%- endif -%}
            {%- do state.update({feed: changed}) -%}
        {%- endfor -%}
        {%- set wants = [] -%}
        {%- for feed in var('inputs').get(entity, []) -%}
            {%- set node = node_of(feed) -%}
            {%- set delta = node.config.meta.get('delta') -%}
            {%- set is_whole = node.fqn[2] in whole -%}
insert into {{ ledger('feed_state') }} as states (feed, is_whole) values ('{{ feed }}', {{ is_whole }})
on conflict (feed) do update set is_whole = excluded.is_whole;
            {%- if is_whole -%}
                {%- do wants.append("select source, source_id from " ~ this ~ " where source = '" ~ node.fqn[2] ~ "'") -%}
            {%- endif -%}
            {%- if delta %}
                {%- set touched = ledger('touched__' ~ feed) %}
truncate {{ touched }};
                {%- if state[feed] and not is_whole %}
insert into {{ touched }}
{%- for relation in state[feed] %}
{%- set rule = delta.touched_by[relation] %}
{{ rule.replace('{since}', raw_since(since)) if rule is string
    else 'select ' ~ rule | join(', ') ~ ' from raw_' ~ relation ~ ' where _loaded_at > ' ~ raw_since(since) }}
{{ 'union' if not loop.last }}
{%- endfor %}
;
analyze {{ touched }};
                    {%- do wants.append(
                        delta.ids.replace('{source}', node.fqn[2]).replace('{touched}', 'select ' ~ delta.key | join(', ') ~ ' from ' ~ touched)
                        if delta.ids.startswith('select') else "select '" ~ node.fqn[2] ~ "', " ~ delta.ids ~ " from " ~ touched
                    ) -%}
                {%- endif %}
            {%- endif %}
        {%- endfor %}
{{ want(wants or ["select source, source_id from " ~ this ~ " where 1 = 0"]) }}
    {%- endif -%}
{%- endmacro %}

{#- A moment in UTC as raw keeps it. -#}
{% macro raw_since(moment) -%}
    {{ return(adapter.dispatch('raw_since')(moment)) }}
{%- endmacro %}

{% macro default__raw_since(moment) -%}
    timezone('utc', {{ moment }})
{%- endmacro %}

{% macro spark__raw_since(moment) -%}
    {{ moment }}
{%- endmacro %}

{#- The raw relations behind a node, as `source.stream`. -#}
{% macro raw_read_by(node) -%}
    {%- set found = [] -%}
    {%- set waiting = node.depends_on.nodes | list -%}
    {%- for _ in range(200) if waiting -%}
        {%- set name = waiting.pop() -%}
        {%- if name in graph.sources and graph.sources[name].schema.startswith('raw_') -%}
            {%- do found.append(graph.sources[name].schema[4:] ~ '.' ~ graph.sources[name].identifier) -%}
        {%- elif name in graph.nodes -%}
            {%- do waiting.extend(graph.nodes[name].depends_on.nodes) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(found | unique | list) }}
{%- endmacro %}

{#-
    Which of these raw relations hold rows that were landed since; `deleted` stands for one from which rows were taken out since (an erasure),
    whose readers are computed whole because nothing is left to look up.
-#}
{% macro raw_changed(relations, since) -%}
    {%- if not relations -%}{{ return(['unknown']) }}{%- endif -%}
    {%- set query -%}
        {%- for relation in relations %}
select '{{ relation }}' where exists (select 1 from raw_{{ relation }} where _loaded_at > {{ raw_since(since) }})
union all
select 'deleted'
where exists (
    select 1 from {{ source('ops', 'raw_deletion') }}
    where source || '.' || stream = '{{ relation }}' and deleted_at > {{ raw_since(since) }}
)
{{ 'union all' if not loop.last }}
        {%- endfor -%}
    {%- endset -%}
    {{ return(run_query(query).columns[0].values() | unique | list) }}
{%- endmacro %}
