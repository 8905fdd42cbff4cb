{{ config(
    materialized='incremental',
    incremental_strategy='tracked',
    unique_key=['ticket_key', 'day'],
    on_schema_change='fail',
    indexes=[{'columns': ['ticket_key', 'day'], 'unique': True}, {'columns': ['source', 'ticket_source_id']}, {'columns': ['_built_at'], 'type': 'brin'}],
    meta={'days': ['day']},
    pre_hook="{{ want([rows_of_tickets()]) }}"
) }}
-- depends_on: {{ ref('int_support__tickets_to_build') }}
-- A ticket on each day at whose end it stood open, and on each day on which that changed. Tickets still open are computed at every build,
-- so that they reach the newest day told of.
with periods as (
    select
        tickets.ticket_key,
        tickets.source,
        tickets.source_id,
        periods.is_first,
        periods.is_removed,
        {{ business_day('tickets.created_at') }} as created_day,
        {{ business_day('periods.opened_at') }} as opened_day,
        {{ business_day('periods.closed_at') }} as closed_day,
        {{ business_day('data_time.as_of_at') }} as as_of_day
    from {{ ref('int_support__ticket_open_periods') }} as periods
    inner join {{ ref('int_support__tickets') }} as tickets
        on periods.source = tickets.source and periods.ticket_source_id = tickets.source_id
    cross join {{ ref('int_support__data_time') }} as data_time
    where tickets.reject_reason is null
),

days as (
    select
        periods.ticket_key,
        dates.day,
        max(case when dates.day < coalesce(periods.closed_day, {{ dbt.dateadd('day', 1, 'periods.as_of_day') }}) then 1 else 0 end) as is_open,
        sum(case when dates.day = periods.opened_day and periods.is_first then 1 else 0 end) as created,
        sum(case when dates.day = periods.opened_day and not periods.is_first then 1 else 0 end) as reopened,
        sum(case when dates.day = periods.closed_day and not periods.is_removed then 1 else 0 end) as solved,
        sum(case when dates.day = periods.closed_day and periods.is_removed then 1 else 0 end) as removed,
        min(periods.created_day) as created_day
    from periods
    inner join {{ ref('int_time__days') }} as dates
        on dates.day >= periods.opened_day and dates.day <= coalesce(periods.closed_day, periods.as_of_day)
    group by periods.ticket_key, dates.day
)

select
    days.ticket_key,
    tickets.source,
    tickets.source_id as ticket_source_id,
    days.day,
    days.is_open = 1 as is_open_at_end,
    cast({{ dbt.datediff('days.created_day', 'days.day', 'day') }} as bigint) as age_days,
    {{ age_band(dbt.datediff('days.created_day', 'days.day', 'day')) }} as age_band,
    {{ ticket_cuts() }},
    tickets.channel,
    tickets.queue,
    tickets.priority,
    tickets.reason,
    cast(days.created as bigint) as created,
    cast(days.reopened as bigint) as reopened,
    cast(days.solved as bigint) as solved,
    cast(days.removed as bigint) as removed,
    tickets.loaded_at,
    {{ built_at() }} as _built_at
from days
inner join {{ ref('int_support__tickets') }} as tickets on days.ticket_key = tickets.ticket_key
{{ join_ticket_cuts('tickets', 'tickets.clock_started_at') }}
