{{ config(enabled='export_zendesk' in var('sources')) }}
select
    'export_zendesk' as source,
    cast(schedule_id as {{ dbt.type_string() }}) || ':' || cast(id as {{ dbt.type_string() }}) as source_id,
    cast(schedule_id as {{ dbt.type_string() }}) as schedule_id,
    name,
    start_date,
    end_date,
    {{ to_utc('_loaded_at') }} as loaded_at,
    _is_deleted as is_deleted
from {{ newest(source('export_zendesk', 'schedule_holidays'), ['schedule_id', 'id']) }} as holidays
