{#-
    For the pre-hook `want` of a model whose rows hang on tickets (by source and ticket_source_id): the keys of its rows of the tickets that this
    build computes, so that those which no longer come out go.
-#}
{% macro rows_of_tickets() -%}
select {{ config.get('unique_key') | join(', ') }}
from {{ this }} as kept
where exists (
    select 1
    from {{ ref('int_support__tickets_to_build') }} as wanted
    where wanted.source = kept.source and wanted.source_id = kept.ticket_source_id
)
{%- endmacro %}
