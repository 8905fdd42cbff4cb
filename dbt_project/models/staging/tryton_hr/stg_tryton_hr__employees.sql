{{ config(enabled='tryton_hr' in var('sources')) }}
select
    'tryton_hr' as source,
    cast(employees.id as {{ dbt.type_string() }}) as source_id,
    employees.party_email_token as email_token,
    cast(employees.supervisor_id as {{ dbt.type_string() }}) as manager_source_id,
    employees.start_date as hired_on,
    employees.end_date as left_on,
    {{ to_utc('coalesce(employees.write_date, employees.create_date)') }} as updated_at,
    {{ to_utc('employees._loaded_at') }} as loaded_at,
    employees._is_deleted as is_deleted
from {{ newest(source('tryton_hr', 'employees')) }} as employees
