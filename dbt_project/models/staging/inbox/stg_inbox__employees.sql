{{ config(enabled='inbox_hr' in var('sources')) }}
select
    'inbox' as source,
    id as source_id,
    email_token,
    org_unit_id as org_unit_source_id,
    manager_id as manager_source_id,
    location,
    job_family,
    hired_on,
    left_on,
    leave_reason,
    cx_competency,
    {{ to_utc('updated_at') }} as updated_at,
    {{ to_utc('_loaded_at') }} as loaded_at,
    _is_deleted as is_deleted
from {{ newest(source('inbox_hr', 'employees')) }} as employees
