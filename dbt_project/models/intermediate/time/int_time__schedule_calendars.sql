{{ config(
    materialized='incremental',
    incremental_strategy='tracked',
    unique_key=['schedule_id'],
    on_schema_change='fail',
    indexes=[{'columns': ['schedule_id'], 'unique': True}]
) }}
-- What the business clock of each schedule is made of, and the whole years that it has to cover: its slots are laid out anew only when one
-- of them changes (macros/time/calendars.sql).
with bounds as (
    select
        min(first_at) as first_at,
        max(last_at) as last_at
    from (
        select min(created_at) as first_at, max(coalesce(updated_at, created_at)) as last_at
        from {{ ref('input__tickets') }}
        union all
        select min(happened_at) as first_at, max(happened_at) as last_at
        from {{ ref('input__ticket_events') }}
    ) as clocks
),

hours as (
    select
        schedule_id,
        time_zone,
        {{ dbt.listagg(
            "cast(week_minute_start as " ~ dbt.type_string() ~ ") || '-' || cast(week_minute_end as " ~ dbt.type_string() ~ ")",
            "' '", "order by week_minute_start, week_minute_end"
        ) }} as open_hours
    from {{ ref('int_time__schedule_intervals') }}
    group by schedule_id, time_zone
),

holidays as (
    select
        schedule_id,
        {{ dbt.listagg("cast(day as " ~ dbt.type_string() ~ ")", "' '", "order by day") }} as closed_days
    from {{ ref('int_time__schedule_holidays') }}
    group by schedule_id
)

select
    hours.schedule_id,
    hours.time_zone,
    cast({{ dbt.date_trunc('year', dbt.dateadd('day', -1, 'bounds.first_at')) }} as date) as first_day,
    cast({{ dbt.dateadd('day', -1, dbt.dateadd('year', 1, dbt.date_trunc('year', dbt.dateadd('day', 1, 'bounds.last_at')))) }} as date) as last_day,
    {{ dbt.hash("hours.open_hours || '/' || coalesce(holidays.closed_days, '')") }} as calendar_hash,
    {{ built_at() }} as _built_at
from hours
cross join bounds
left join holidays on hours.schedule_id = holidays.schedule_id
