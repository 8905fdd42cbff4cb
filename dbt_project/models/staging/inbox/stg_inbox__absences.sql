{{ config(enabled='inbox_hr' in var('sources')) }}
select
    'inbox' as source,
    id as source_id,
    employee_id as employee_source_id,
    employee_email_token,
    is_planned,
    status,
    started_on,
    ended_on,
    hours,
    {{ to_utc('updated_at') }} as updated_at,
    {{ to_utc('_loaded_at') }} as loaded_at,
    _is_deleted as is_deleted
from {{ newest(source('inbox_hr', 'absences')) }} as absences
