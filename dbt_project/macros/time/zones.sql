{#- Names of the time zones that the engine knows. A name it does not know would end the build, and sources hold whatever people typed. -#}
{% macro zone_names() -%}
    {{ return(adapter.dispatch('zone_names')()) }}
{%- endmacro %}

{% macro default__zone_names() -%}
    select name from pg_catalog.pg_timezone_names
{%- endmacro %}

{% macro spark__zone_names() -%}
    select distinct iana as name from {{ ref('rails_time_zones') }}
{%- endmacro %}
