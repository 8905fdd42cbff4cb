{{ config(enabled='inbox_hr' in var('sources')) }}
select
    'inbox' as source,
    id as source_id,
    employee_id as employee_source_id,
    employee_email_token,
    effective_on,
    org_unit_id as org_unit_source_id,
    location,
    job_family,
    {{ to_utc('updated_at') }} as updated_at,
    {{ to_utc('_loaded_at') }} as loaded_at,
    _is_deleted as is_deleted
from {{ newest(source('inbox_hr', 'employee_jobs')) }} as employee_jobs
