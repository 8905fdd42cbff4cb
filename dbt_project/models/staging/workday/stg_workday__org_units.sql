{{ config(enabled='workday' in var('sources')) }}
-- One row a supervisory organisation.
select
    'workday' as source,
    reference_id as source_id,
    organization_name as name,
    superior_organization_id as parent_source_id,
    level,
    is_customer_facing,
    {{ to_utc('_seen_at') }} as updated_at,
    {{ to_utc('_loaded_at') }} as loaded_at,
    _is_deleted or coalesce(is_inactive, false) as is_deleted
from {{ newest(source('workday', 'organizations'), ['reference_id']) }} as organizations
