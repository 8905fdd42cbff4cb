-- Employees have keys of their own domain, made from employee tokens and ids only.
select
    {{ surrogate_key('employee', ['source', 'source_id']) }} as employee_key,
    source,
    source_id,
    email_token,
    {{ surrogate_key('org_unit', ['source', 'org_unit_source_id']) }} as org_unit_key,
    {{ surrogate_key('employee', ['source', 'manager_source_id']) }} as manager_employee_key,
    location,
    job_family,
    hired_on,
    left_on,
    leave_reason,
    updated_at,
    loaded_at
from {{ ref('input__employees') }}
where not coalesce(is_deleted, false)
