{{ config(enabled='bamboohr' in var('sources')) }}
select
    'bamboohr' as source,
    cast(id as {{ dbt.type_string() }}) as source_id,
    cast(employee_id as {{ dbt.type_string() }}) as employee_source_id,
    effective_date as effective_on,
    cast(team_id as {{ dbt.type_string() }}) as org_unit_source_id,
    location,
    job_title as job_family,
    {{ to_utc('last_changed_at') }} as updated_at,
    {{ to_utc('_loaded_at') }} as loaded_at,
    _is_deleted as is_deleted
from {{ newest(source('bamboohr', 'job_info')) }} as jobs
