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
