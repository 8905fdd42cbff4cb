{{ config(enabled='zendesk' in var('sources')) }}
-- Zendesk counts minutes from Sunday 00:00 in the schedule's zone, which it names as Rails does.
select
    'zendesk' as source,
    cast(schedules.id as {{ dbt.type_string() }}) || ':' || {{ json_text('opening.item', 'start_time') }} as source_id,
    cast(schedules.id as {{ dbt.type_string() }}) as schedule_id,
    schedules.name,
    coalesce(zones.iana, case when schedules.time_zone like '%/%' then schedules.time_zone end) as time_zone,
    cast({{ json_text('opening.item', 'start_time') }} as bigint) as week_minute_start,
    cast({{ json_text('opening.item', 'end_time') }} as bigint) as week_minute_end,
    {{ to_utc('schedules._loaded_at') }} as loaded_at,
    schedules._is_deleted as is_deleted
from {{ newest(source('zendesk', 'schedules')) }} as schedules
{{ json_objects('schedules.intervals', 'opening') }}
left join {{ ref('rails_time_zones') }} as zones on schedules.time_zone = zones.rails
