{#-
    A key that stands for a vendor's id where people read. It is salted with a secret of this installation (kept in a table that only
    the transformer reads), because an unsalted hash of a small number is that number. Equal in every rebuild; null if a part is null.
-#}
{% macro surrogate_key(kind, columns) -%}
    md5((select salt from {{ source('platform', 'surrogate_salt') }}) || '|{{ kind }}'
    {%- for column in columns %} || '|' || cast({{ column }} as {{ dbt.type_string() }}){% endfor %})
{%- endmacro %}
