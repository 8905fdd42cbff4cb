{{ config(enabled='training' in var('sources')) }}
-- One row an assignment of a course. The export tells the employee by the HR system's id.
select
    'training' as source,
    assignment_id as source_id,
    employee_id as employee_source_id,
    employee_email_token,
    course_id,
    course_title as course_name,
    topic,
    is_mandatory,
    assigned_date as assigned_on,
    due_date as due_on,
    completed_date as completed_on,
    status,
    score_percent / 100 as score,
    {{ to_utc('modified_at') }} as updated_at,
    {{ to_utc('_loaded_at') }} as loaded_at,
    _is_deleted as is_deleted
from {{ newest(source('training', 'assignments'), ['assignment_id']) }} as assignments
