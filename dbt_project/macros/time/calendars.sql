{#- The schedules whose calendar changed since this model was built, those that are gone among them. -#}
{% macro changed_calendars() -%}
    {%- if execute -%}
        {%- set calendars = 'int_time__schedule_calendars' -%}
{{ changed(calendars, everything='select schedule_id from ' ~ relation_of(calendars)) }}
    {%- endif -%}
{%- endmacro %}

{#- Pre-hook of the business clock: what is to be laid out anew goes first. -#}
{% macro forget_changed_calendars() -%}
    {%- if execute and is_incremental() -%}
delete from {{ this }} where schedule_id in ({{ changed_calendars() }})
    {%- endif -%}
{%- endmacro %}
