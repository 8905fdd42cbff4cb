{{ config(enabled='inbox_identity' in var('sources')) }}
select
    'inbox' as source,
    id as source_id,
    source_a,
    source_id_a,
    source_b,
    source_id_b,
    is_same,
    {{ to_utc('updated_at') }} as updated_at,
    {{ to_utc('_loaded_at') }} as loaded_at,
    _is_deleted as is_deleted
from {{ newest(source('inbox_identity', 'identity_pairs')) }} as pairs
