{#-
    A left join of a dimension's row to an event: the person or account as it was when the event happened.

    `dimension` is `person` or `account`, `alias` the name of the joined row, `key` the event's key, `at` the moment of the event (UTC).
-#}
{% macro join_as_of(dimension, alias, key, at) -%}
left join {{ ref('dim_' ~ dimension) }} as {{ alias }}
    on {{ key }} = {{ alias }}.{{ dimension }}_key
{%- endmacro %}
