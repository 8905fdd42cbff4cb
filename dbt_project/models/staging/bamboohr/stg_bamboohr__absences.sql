{{ config(enabled='bamboohr' in var('sources')) }}
-- One row a request. Which kinds are planned is the organisation's setting; the kind itself, which may tell of an illness, goes no further.
select
    'bamboohr' as source,
    cast(id as {{ dbt.type_string() }}) as source_id,
    cast(employee_id as {{ dbt.type_string() }}) as employee_source_id,
    lower(type_name) in ({{ words(people_setting('planned_absence')) }}) as is_planned,
    case status when 'canceled' then 'cancelled' else status end as status,
    start_date as started_on,
    end_date as ended_on,
    case amount_unit when 'days' then amount * {{ people_setting('hours_a_day') }} else amount end as hours,
    {{ to_utc('last_changed_at') }} as updated_at,
    {{ to_utc('_loaded_at') }} as loaded_at,
    _is_deleted as is_deleted
from {{ newest(source('bamboohr', 'time_off')) }} as requests
where status <> 'superceded'
