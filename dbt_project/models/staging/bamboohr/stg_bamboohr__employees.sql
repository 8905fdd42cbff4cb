{{ config(enabled='bamboohr' in var('sources')) }}
-- One row an employee; a deleted one is known only from the list of changes.
select
    'bamboohr' as source,
    cast(employees.id as {{ dbt.type_string() }}) as source_id,
    employees.work_email_token as email_token,
    cast(employees.team_id as {{ dbt.type_string() }}) as org_unit_source_id,
    cast(employees.supervisor_employee_id as {{ dbt.type_string() }}) as manager_source_id,
    employees.location,
    employees.job_title as job_family,
    coalesce(employees.original_hire_date, employees.hire_date) as hired_on,
    employees.termination_date as left_on,
    lower(endings.termination_type) as leave_reason,
    {{ to_utc('employees.last_changed_at') }} as updated_at,
    {{ to_utc('employees._loaded_at') }} as loaded_at,
    employees._is_deleted or coalesce(changes._is_deleted, false) as is_deleted
from {{ newest(source('bamboohr', 'employees')) }} as employees
left join {{ newest(source('bamboohr', 'employee_changes')) }} as changes on employees.id = changes.id
left join (
    select
        employee_id,
        termination_type,
        row_number() over (partition by employee_id order by effective_date desc, id desc) as status_number
    from {{ newest(source('bamboohr', 'employment_status')) }} as statuses
    where employment_status = 'Terminated' and not _is_deleted
) as endings
    on employees.id = endings.employee_id and endings.status_number = 1
