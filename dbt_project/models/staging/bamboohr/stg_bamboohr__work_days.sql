{{ config(enabled='bamboohr' in var('sources')) }}
-- The company's own table holds exceptions only: a day without an entry was worked as scheduled.
select
    'bamboohr' as source,
    employee_id || ':' || entry_date as source_id,
    cast(employee_id as {{ dbt.type_string() }}) as employee_source_id,
    entry_date as day,
    sum(hours) as over_hours,
    {{ to_utc('max(last_changed_at)') }} as updated_at,
    {{ to_utc('max(_loaded_at)') }} as loaded_at,
    false as is_deleted
from {{ newest(source('bamboohr', 'overtime')) }} as entries
where not _is_deleted
group by employee_id, entry_date
