{{ config(enabled='inbox_hr' in var('sources')) }}
select
    'inbox' as source,
    id as source_id,
    name,
    parent_id as parent_source_id,
    level,
    is_customer_facing,
    {{ to_utc('updated_at') }} as updated_at,
    {{ to_utc('_loaded_at') }} as loaded_at,
    _is_deleted as is_deleted
from {{ newest(source('inbox_hr', 'org_units')) }} as org_units
