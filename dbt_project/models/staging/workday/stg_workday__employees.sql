{{ config(enabled='workday' in var('sources')) }}
-- One row a worker; why somebody left stands in a report of its own. Of two terminations of one worker the later one counts.
select
    'workday' as source,
    workers.employee_id as source_id,
    workers.primary_work_email_token as email_token,
    workers.supervisory_organization_id as org_unit_source_id,
    workers.manager_id as manager_source_id,
    workers.location,
    workers.business_title as job_family,
    coalesce(workers.original_hire_date, workers.hire_date) as hired_on,
    case when not workers.is_active then workers.termination_date end as left_on,
    case when not workers.is_active then lower(terminations.termination_category) end as leave_reason,
    {{ to_utc('workers.last_updated_at') }} as updated_at,
    {{ to_utc('workers._loaded_at') }} as loaded_at,
    workers._is_deleted as is_deleted
from {{ newest(source('workday', 'workers'), ['employee_id']) }} as workers
left join (
    select
        employee_id,
        termination_category,
        row_number() over (partition by employee_id order by termination_date desc) as termination_number
    from {{ newest(source('workday', 'terminations'), ['employee_id', 'termination_date']) }} as newest_terminations
    where not _is_deleted
) as terminations
    on workers.employee_id = terminations.employee_id and terminations.termination_number = 1
