{{ config(enabled='inbox_training' in var('sources')) }}
select
    'inbox' as source,
    id as source_id,
    employee_id as employee_source_id,
    employee_email_token,
    course_id,
    course_name,
    topic,
    is_mandatory,
    assigned_on,
    due_on,
    completed_on,
    status,
    score,
    {{ to_utc('updated_at') }} as updated_at,
    {{ to_utc('_loaded_at') }} as loaded_at,
    _is_deleted as is_deleted
from {{ newest(source('inbox_training', 'trainings')) }} as trainings
