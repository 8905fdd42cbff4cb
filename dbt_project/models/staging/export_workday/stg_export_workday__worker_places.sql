{{ config(enabled='export_workday' in var('sources')) }}
-- Where a worker stands: the newest version of the primary position, its supervisory organisation, site and job family.
select
    places.worker_id,
    organizations.id as org_unit_id,
    organizations.manager_id,
    places.business_site_summary_name as site,
    families.job_family_code
from (
    select
        *,
        row_number() over (
            partition by worker_id
            order by case when is_primary_job then 0 else 1 end asc, fivetran_start desc, position_id asc
        ) as place_number
    from {{ newest(source('export_workday', 'worker_position_history'), ['worker_id', 'position_id', 'fivetran_start']) }} as versions
) as places
left join {{ newest(source('export_workday', 'positions')) }} as positions on places.position_id = positions.id
left join {{ newest(source('export_workday', 'organizations')) }} as organizations
    on positions.supervisory_organization_id in (organizations.id, organizations.organization_code)
left join (
    select
        links.job_profile_id,
        min(families.job_family_code) as job_family_code
    from {{ newest(source('export_workday', 'job_family_job_profiles'), ['job_family_id', 'job_profile_id']) }} as links
    inner join {{ newest(source('export_workday', 'job_families')) }} as families on links.job_family_id = families.id
    group by links.job_profile_id
) as families on places.job_profile_id = families.job_profile_id
where places.place_number = 1
