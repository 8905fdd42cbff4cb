select
    {{ surrogate_key('org_unit', ['source', 'source_id']) }} as org_unit_key,
    source,
    source_id,
    name,
    {{ surrogate_key('org_unit', ['source', 'parent_source_id']) }} as parent_org_unit_key,
    level,
    coalesce(is_customer_facing, false) as is_customer_facing,
    updated_at,
    loaded_at
from {{ ref('input__org_units') }}
where not coalesce(is_deleted, false)
