-- The open hours of every schedule in use: the company's own default (config/calendars.yml) and those that a source system serves.
with configured as (
    {% for schedule in var('config').schedules if schedule.id == var('config').default_schedule %}
    {% for interval in schedule.intervals %}
    select
        '{{ schedule.id }}' as schedule_id,
        '{{ schedule.time_zone }}' as time_zone,
        cast({{ interval[0] }} as bigint) as week_minute_start,
        cast({{ interval[1] }} as bigint) as week_minute_end
    union all
    {% endfor %}
    {% endfor %}
    select
        'always' as schedule_id,
        '{{ var("config").time_zone }}' as time_zone,
        cast(0 as bigint) as week_minute_start,
        cast(10080 as bigint) as week_minute_end
    where {{ '1 = 1' if var('config').default_schedule == 'always' else '1 = 0' }}
),

served as (
    select
        source || ':' || schedule_id as schedule_id,
        coalesce(time_zone, '{{ var("config").time_zone }}') as time_zone,
        week_minute_start,
        week_minute_end
    from {{ ref('input__schedules') }}
    where not coalesce(is_deleted, false) and week_minute_start < week_minute_end
)

select
    cast(schedule_id as {{ dbt.type_string() }}) as schedule_id,
    cast(time_zone as {{ dbt.type_string() }}) as time_zone,
    week_minute_start,
    week_minute_end
from (
    select * from configured
    union all
    select * from served
) as every_schedule
