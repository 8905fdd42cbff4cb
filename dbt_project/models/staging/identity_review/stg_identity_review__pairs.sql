{{ config(enabled='identity_review' in var('sources')) }}
select
    'identity_review' as source,
    pair_id as source_id,
    system_a as source_a,
    record_a as source_id_a,
    system_b as source_b,
    record_b as source_id_b,
    same_person as is_same,
    {{ to_utc('reviewed_at') }} as updated_at,
    {{ to_utc('_loaded_at') }} as loaded_at,
    _is_deleted as is_deleted
from {{ newest(source('identity_review', 'pairs'), ['pair_id']) }} as pairs
