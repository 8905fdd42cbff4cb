{#-
    A left join of a dimension's version to an event: the person or account as it was when the event happened.

    `dimension` is `person` or `account`, `alias` the name of the joined row, `key` the event's key, `at` the moment of the event (UTC);
    an event without a moment gets the version that holds now.
-#}
{% macro join_as_of(dimension, alias, key, at) -%}
left join {{ ref('dim_' ~ dimension) }} as {{ alias }}
    on {{ key }} = {{ alias }}.{{ dimension }}_key
    and coalesce({{ at }}, cast('9999-12-30' as timestamp)) >= {{ alias }}.valid_from
    and coalesce({{ at }}, cast('9999-12-30' as timestamp)) < {{ alias }}.valid_to
{%- endmacro %}
