{#- How long the first answer to a ticket was waited for: solved without one, until then; null while it is still waited for. -#}
{% macro awaited_minutes(ticket, clock) -%}
    coalesce({{ ticket }}.first_reply_{{ clock }}_minutes, case when not {{ ticket }}.is_open then {{ ticket }}.last_solved_{{ clock }}_minutes end)
{%- endmacro %}
