-- The local dates on which a schedule is closed all day.
with configured as (
    {% for schedule in var('config').schedules %}
    {% for holiday in schedule.holidays %}
    select
        '{{ schedule.id }}' as schedule_id,
        cast('{{ holiday }}' as date) as start_date,
        cast('{{ holiday }}' as date) as end_date
    union all
    {% endfor %}
    {% endfor %}
    select
        source || ':' || schedule_id as schedule_id,
        start_date,
        coalesce(end_date, start_date) as end_date
    from {{ ref('input__schedule_holidays') }}
    where not coalesce(is_deleted, false)
)

select distinct
    cast(configured.schedule_id as {{ dbt.type_string() }}) as schedule_id,
    days.day
from configured
inner join {{ ref('int_time__days') }} as days
    on days.day between configured.start_date and configured.end_date
