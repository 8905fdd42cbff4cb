{#- Times are UTC without a zone from staging onwards: what they mean does not depend on the session that reads them. -#}
{% macro to_utc(column) -%}
    {{ return(adapter.dispatch('to_utc')(column)) }}
{%- endmacro %}

{% macro default__to_utc(column) -%}
    cast({{ column }} at time zone 'UTC' as timestamp)
{%- endmacro %}

{% macro spark__to_utc(column) -%}
    cast(to_utc_timestamp({{ column }}, current_timezone()) as timestamp)
{%- endmacro %}

{#- The wall clock of `time_zone` (a column or a quoted name) at a UTC time. -#}
{% macro to_local(column, time_zone) -%}
    {{ return(adapter.dispatch('to_local')(column, time_zone)) }}
{%- endmacro %}

{% macro default__to_local(column, time_zone) -%}
    (({{ column }} at time zone 'UTC') at time zone {{ time_zone }})
{%- endmacro %}

{% macro spark__to_local(column, time_zone) -%}
    from_utc_timestamp({{ column }}, {{ time_zone }})
{%- endmacro %}

{#- The business day of a UTC time: the date in the organisation's own time zone. -#}
{% macro business_day(column) -%}
    cast({{ to_local(column, "'" ~ var('config').time_zone ~ "'") }} as date)
{%- endmacro %}

{#- The UTC time at which a business day begins in the organisation's time zone. -#}
{% macro day_begins(day) -%}
    {{ return(adapter.dispatch('day_begins')(day)) }}
{%- endmacro %}

{% macro default__day_begins(day) -%}
    ((cast({{ day }} as timestamp) at time zone '{{ var("config").time_zone }}') at time zone 'UTC')
{%- endmacro %}

{% macro spark__day_begins(day) -%}
    to_utc_timestamp(cast({{ day }} as timestamp), '{{ var("config").time_zone }}')
{%- endmacro %}

{#- Minutes between two times, seconds as fractions. -#}
{% macro minutes_between(start, finish) -%}
    {{ return(adapter.dispatch('minutes_between')(start, finish)) }}
{%- endmacro %}

{% macro default__minutes_between(start, finish) -%}
    cast(extract(epoch from ({{ finish }}) - ({{ start }})) / 60.0 as {{ dbt.type_float() }})
{%- endmacro %}

{% macro spark__minutes_between(start, finish) -%}
    cast((unix_micros({{ finish }}) - unix_micros({{ start }})) / 60000000.0 as double)
{%- endmacro %}

{#- Number of the quarter of an hour since Sunday 00:00 on a wall clock: 0 to 671. -#}
{% macro week_slot(local) -%}
    {{ return(adapter.dispatch('week_slot')(local)) }}
{%- endmacro %}

{% macro default__week_slot(local) -%}
    cast(extract(dow from {{ local }}) * 96 + extract(hour from {{ local }}) * 4 + floor(extract(minute from {{ local }}) / 15) as bigint)
{%- endmacro %}

{% macro spark__week_slot(local) -%}
    cast((dayofweek({{ local }}) - 1) * 96 + hour({{ local }}) * 4 + floor(minute({{ local }}) / 15) as bigint)
{%- endmacro %}
