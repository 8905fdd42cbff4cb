-- Employees have keys of their own domain, made from employee tokens and ids only. An employee whose jobs no source tells has one version.
with people as (
    select
        {{ surrogate_key('employee', ['source', 'source_id']) }} as employee_key,
        {{ surrogate_key('employee', ['source', 'manager_source_id']) }} as manager_employee_key,
        *,
        rank() over (partition by coalesce(email_token, source || ' ' || source_id) order by source) = 1 as is_counted
    from {{ ref('input__employees') }}
    where not coalesce(is_deleted, false)
),

jobs as (
    select
        *,
        row_number() over (
            partition by source, coalesce(employee_source_id, ''), coalesce(employee_email_token, ''), effective_on
            order by updated_at desc nulls last, source_id desc
        ) as job_number
    from {{ ref('input__employee_jobs') }}
    where not coalesce(is_deleted, false) and effective_on is not null
),

versions as (
    select
        people.*,
        coalesce(jobs.org_unit_source_id, people.org_unit_source_id) as unit_source_id,
        coalesce(jobs.location, people.location) as place,
        coalesce(jobs.job_family, people.job_family) as work,
        jobs.effective_on,
        greatest(people.loaded_at, jobs.loaded_at) as version_loaded_at,
        row_number() over (partition by people.employee_key order by jobs.effective_on) as version_number,
        lead(jobs.effective_on) over (partition by people.employee_key order by jobs.effective_on) as next_on
    from people
    left join jobs
        on people.source = jobs.source
            and (
                people.source_id = jobs.employee_source_id
                or (jobs.employee_source_id is null and people.email_token = jobs.employee_email_token)
            )
            and jobs.job_number = 1
)

select
    {{ surrogate_key('employee_version', ['versions.employee_key', 'versions.version_number']) }} as employee_sk,
    versions.employee_key,
    versions.source,
    versions.source_id,
    versions.email_token,
    versions.is_counted,
    {{ surrogate_key('org_unit', ['versions.source', 'versions.unit_source_id']) }} as org_unit_key,
    versions.manager_employee_key,
    versions.place as location,
    versions.work as job_family,
    versions.hired_on,
    versions.left_on,
    versions.leave_reason,
    case when versions.left_on is not null and versions.leave_reason is not null
        then lower(versions.leave_reason) in ({{ words(people_setting('voluntary_leaving')) }}) end as is_voluntary,
    coalesce(
        {{ dbt.datediff('versions.hired_on', 'coalesce(versions.left_on, present.present_day)', 'day') }}
        >= {{ people_setting('regrettable').minimum_tenure_days }}
        {%- if people_setting('regrettable').customer_facing_only %} and units.is_customer_facing{% endif %},
        false
    ) as is_regret,
    versions.cx_competency as cx_competency_at_hire,
    case when versions.version_number = 1 then cast('1900-01-01' as timestamp) else cast(versions.effective_on as timestamp) end as valid_from,
    coalesce(cast(versions.next_on as timestamp), cast('9999-12-31' as timestamp)) as valid_to,
    versions.next_on is null as is_current,
    versions.updated_at,
    versions.version_loaded_at as loaded_at
from versions
cross join {{ ref('int_people__present') }} as present
left join {{ ref('dim_org_unit') }} as units
    on versions.source = units.source and versions.unit_source_id = units.source_id and units.is_current
