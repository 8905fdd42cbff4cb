{#-
    What a data test reads. Of a tracked relation only the rows, of a sliced one only the slices, that were written since its tests last passed: the
    others have passed, and nothing has changed them. The stamp is kept when a layer with its tests is through (`build_mark.tested_at`), so that what failed once
    is judged again.
-#}
{% macro default__get_where_subquery(relation) -%}
    {%- set where = config.get('where', '') -%}
    {%- set node = graph.nodes.get(model.attached_node) if execute -%}
    {%- if node and node.config.materialized == 'incremental' and node.config.incremental_strategy == 'tracked' -%}
        {%- set where = (where ~ ' and ' if where) ~ "_built_at > coalesce((
            select tested_at from " ~ ledger('build_mark') ~ " where relation = '" ~ ledger_name(relation) ~ "'
        ), " ~ beginning_of_time() ~ ")" -%}
    {%- endif -%}
    {%- if node and node.config.materialized == 'incremental' and node.config.incremental_strategy == 'sliced' -%}
        {%- set name = ledger_name(relation) -%}
        {%- set where = (where ~ ' and ' if where) ~ "((" ~ slice_of(node.name) | join(', ') ~ ") in (
            select " ~ slice_of(node.name) | join(', ') ~ " from (" ~ noted_slices(node.name) ~ " and built_at > (
                select tested_at from " ~ ledger('build_mark') ~ " where relation = '" ~ name ~ "'
            )) as noted
        ) or not exists (
            select 1 from " ~ ledger('build_mark') ~ " where relation = '" ~ name ~ "' and whole_at <= tested_at
        ))" -%}
    {%- endif -%}
    {%- if where -%}
        (select * from {{ relation }} where {{ where }}) as dbt_subquery
    {%- else -%}
        {{ relation }}
    {%- endif -%}
{%- endmacro %}
