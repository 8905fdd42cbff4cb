select
    source,
    source_id,
    person_key,
    rule,
    confidence
from {{ ref('int_identity__person_keys') }}
