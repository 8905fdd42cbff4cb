{{ config(enabled='export_workday' in var('sources')) }}
select
    'export_workday' as source,
    organizations.id as source_id,
    organizations.name,
    organizations.superior_organization_id as parent_source_id,
    cast(case
        when organizations.superior_organization_id is null then 0
        when organizations.superior_organization_id = organizations.top_level_organization_id then 1
    end as bigint) as level,
    {{ to_utc('organizations.last_updated_date_time') }} as updated_at,
    {{ to_utc('organizations._loaded_at') }} as loaded_at,
    organizations._is_deleted as is_deleted
from {{ newest(source('export_workday', 'organizations')) }} as organizations
