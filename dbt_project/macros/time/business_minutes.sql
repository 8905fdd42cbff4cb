{#- The start of the quarter of an hour that a time falls in. Every zone's offset is a multiple of it, so a slot is open or closed whole. -#}
{% macro slot_start(column) -%}
    {{ return(adapter.dispatch('slot_start')(column)) }}
{%- endmacro %}

{% macro default__slot_start(column) -%}
    date_bin('15 minutes', {{ column }}, timestamp '2000-01-01')
{%- endmacro %}

{% macro spark__slot_start(column) -%}
    timestamp_seconds(floor(unix_seconds({{ column }}) / 900) * 900)
{%- endmacro %}

{#-
    Business minutes from `start` to `finish`, read off the slots they fall in (aliases of int_time__business_slots): the open minutes
    between the two slots, corrected by how far each time is into its own. No loop over weeks, no daylight-saving case.
-#}
{% macro business_minutes(start_slot, start, finish_slot, finish) -%}
    cast({{ finish_slot }}.open_minutes_before - {{ start_slot }}.open_minutes_before
        + case when {{ finish_slot }}.is_open then {{ minutes_between(finish_slot ~ '.slot_at', finish) }} else 0 end
        - case when {{ start_slot }}.is_open then {{ minutes_between(start_slot ~ '.slot_at', start) }} else 0 end
        as {{ dbt.type_float() }})
{%- endmacro %}
