{{ config(enabled='export_workday' in var('sources')) }}
-- One row a worker: the last span of its history speaks.
select
    'export_workday' as source,
    workers.id as source_id,
    addresses.email_token,
    places.org_unit_id as org_unit_source_id,
    places.manager_id as manager_source_id,
    places.site as location,
    places.job_family_code as job_family,
    workers.hire_date as hired_on,
    workers.termination_date as left_on,
    case
        when workers.primary_termination_category like '%Involuntary%' then 'involuntary'
        when workers.primary_termination_category like '%Voluntary%' then 'voluntary'
        when workers.primary_termination_category is not null then 'other'
    end as leave_reason,
    {{ to_utc('workers.fivetran_synced') }} as updated_at,
    {{ to_utc('workers._loaded_at') }} as loaded_at,
    workers._is_deleted as is_deleted
from (
    select
        *,
        row_number() over (partition by id order by fivetran_start desc) as span_number
    from {{ newest(source('export_workday', 'worker_history'), ['id', 'fivetran_start']) }} as versions
) as workers
left join {{ ref('stg_export_workday__worker_places') }} as places on workers.id = places.worker_id
left join {{ ref('stg_export_workday__worker_addresses') }} as addresses on workers.id = addresses.worker_id
where workers.span_number = 1
