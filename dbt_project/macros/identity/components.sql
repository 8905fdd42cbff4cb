{#-
    Connected components of a graph, without recursion: the model's SQL gives edges `record`, `other_record` (a record alone has an
    edge to itself); the table made is one row a record, with `component`, the smallest label of those it is connected to.

    Labels are passed along edges over tables, each pass taking the smallest; a label's own label is taken too, so that passes grow
    with the logarithm of the longest chain. It stops when a pass changes nothing, and fails after `max_passes`.

    The edges it was made from are kept beside it (`<name>__edges`). The next build compares them with the new ones and labels anew only
    the components that an added or vanished edge touches; the others are copied. The result is that of a full build.
-#}
{% materialization components, default %}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- set existing = load_cached_relation(this) -%}
    {%- set relations = {} -%}
    {%- for part in ['edges', 'edges_new', 'touched', 'labels_0', 'labels_1', 'made'] -%}
        {%- do relations.update({part: api.Relation.create(database=this.database, schema=this.schema, identifier=this.identifier ~ '__' ~ part, type='table')}) -%}
    {%- endfor -%}
    {%- set edges_before = adapter.get_relation(database=this.database, schema=this.schema, identifier=this.identifier ~ '__edges') -%}
    {%- set is_whole = existing is none or edges_before is none or should_full_refresh() -%}

    {{ run_hooks(pre_hooks) }}
    {%- for part in ['edges_new', 'touched', 'labels_0', 'labels_1', 'made'] -%}
        {%- do adapter.drop_relation(relations[part]) -%}
    {%- endfor -%}
    {%- do run_query('create table ' ~ relations['edges_new'] ~ ' as select distinct record, other_record from (' ~ sql ~ ') as given') -%}
    {%- do run_query('create table ' ~ relations['touched'] ~ ' as ' ~ components_touched(this, relations, is_whole)) -%}
    {%- do run_query(
        'create table ' ~ relations['labels_0'] ~ ' as select distinct edges.record, edges.record as label from ' ~ relations['edges_new']
        ~ ' as edges inner join ' ~ relations['touched'] ~ ' as touched on edges.record = touched.record'
    ) -%}

    {%- set state = namespace(done=false, last='labels_0') -%}
    {%- for number in range(config.get('max_passes', 40)) -%}
        {%- if not state.done -%}
            {%- set next = 'labels_1' if state.last == 'labels_0' else 'labels_0' -%}
            {%- do adapter.drop_relation(relations[next]) -%}
            {%- do run_query('create table ' ~ relations[next] ~ ' as ' ~ components_pass(relations[state.last], relations['edges_new'])) -%}
            {%- set changed = run_query(
                'select count(*) as n from ' ~ relations[next] ~ ' as after inner join ' ~ relations[state.last]
                ~ ' as before on after.record = before.record where after.label <> before.label'
            ).columns[0].values()[0] -%}
            {%- set state.last = next -%}
            {%- set state.done = changed == 0 -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if not state.done -%}
        {{ exceptions.raise_compiler_error('components of ' ~ this ~ ' did not settle in ' ~ config.get('max_passes', 40) ~ ' passes') }}
    {%- endif -%}

    {%- set kept -%}
        select record, label as component from {{ relations[state.last] }}
        {%- if not is_whole %}
        union all
        select before.record, before.component
        from {{ this }} as before
        left join {{ relations['touched'] }} as touched on before.record = touched.record
        where touched.record is null
        {%- endif %}
    {%- endset -%}
    {%- call statement('main') -%}
        {{ get_create_table_as_sql(False, relations['made'], kept) }}
    {%- endcall -%}
    {%- if existing is not none -%}{%- do adapter.drop_relation(existing) -%}{%- endif -%}
    {%- do adapter.rename_relation(relations['made'], target_relation) -%}
    {%- if edges_before is not none -%}{%- do adapter.drop_relation(edges_before) -%}{%- endif -%}
    {%- do adapter.rename_relation(relations['edges_new'], relations['edges']) -%}
    {%- for part in ['touched', 'labels_0', 'labels_1'] -%}
        {%- do adapter.drop_relation(relations[part]) -%}
    {%- endfor -%}
    {%- do persist_docs(target_relation, model) -%}
    {{ run_hooks(post_hooks) }}
    {{ adapter.commit() }}
    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}

{#- Every record of a component that an added or vanished edge touches; all of them if the whole is made. -#}
{% macro components_touched(target, relations, is_whole) -%}
    {%- if is_whole -%}
        select distinct record from {{ relations['edges_new'] }}
    {%- else -%}
        with changed as (
            (select record, other_record from {{ relations['edges_new'] }} except select record, other_record from {{ relations['edges'] }})
            union all
            (select record, other_record from {{ relations['edges'] }} except select record, other_record from {{ relations['edges_new'] }})
        ),
        ends as (
            select record from changed union select other_record as record from changed
        ),
        components as (
            select distinct labels.component from {{ target }} as labels inner join ends on labels.record = ends.record
        )
        select record from ends
        union
        select labels.record from {{ target }} as labels inner join components on labels.component = components.component
    {%- endif -%}
{%- endmacro %}

{#- One pass: the smallest of a record's own label, that label's label, and its neighbours' labels. -#}
{% macro components_pass(labels, edges) -%}
    select record, min(label) as label
    from (
        select record, label from {{ labels }}
        union all
        select mine.record, theirs.label from {{ labels }} as mine inner join {{ labels }} as theirs on mine.label = theirs.record
        union all
        select edges.record, theirs.label from {{ edges }} as edges inner join {{ labels }} as theirs on edges.other_record = theirs.record
        union all
        select edges.other_record as record, theirs.label from {{ edges }} as edges inner join {{ labels }} as theirs on edges.record = theirs.record
    ) as heard
    group by record
{%- endmacro %}
