{{ config(enabled='inbox_support' in var('sources')) }}
select
    'inbox' as source,
    id as source_id,
    schedule_id,
    name,
    time_zone,
    week_minute_start,
    week_minute_end,
    {{ to_utc('_loaded_at') }} as loaded_at,
    _is_deleted as is_deleted
from {{ newest(source('inbox_support', 'schedules')) }} as schedules
