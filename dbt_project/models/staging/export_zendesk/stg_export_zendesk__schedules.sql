{{ config(enabled='export_zendesk' in var('sources')) }}
-- Minutes count from Sunday 00:00 in the schedule's zone, which is named as Rails does.
select
    'export_zendesk' as source,
    cast(schedules.id as {{ dbt.type_string() }}) || ':' || cast(schedules.start_time as {{ dbt.type_string() }}) as source_id,
    cast(schedules.id as {{ dbt.type_string() }}) as schedule_id,
    schedules.name,
    coalesce(zones.iana, case when schedules.time_zone like '%/%' then schedules.time_zone end) as time_zone,
    schedules.start_time as week_minute_start,
    schedules.end_time as week_minute_end,
    {{ to_utc('schedules._loaded_at') }} as loaded_at,
    schedules._is_deleted as is_deleted
from {{ newest(source('export_zendesk', 'schedules'), ['id', 'start_time']) }} as schedules
left join {{ ref('rails_time_zones') }} as zones on schedules.time_zone = zones.rails
