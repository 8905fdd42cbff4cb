{#-
    Schemas are named exactly as configured: audiences and grants depend on the name. Other tools (`for_tools`) are told where marts are
    published, not where they are built.
-#}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {%- set name = (custom_schema_name or target.schema) | trim -%}
    {{ name.removeprefix('next_') if var('for_tools', false) else name }}
{%- endmacro %}
