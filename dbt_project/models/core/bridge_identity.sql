-- Every record and device of a source, and which person it is by which rule. A device is a person's for a while only.
select
    source,
    source_id,
    'record' as record_type,
    person_key,
    rule,
    confidence,
    {{ beginning_of_time() }} as valid_from,
    {{ end_of_time() }} as valid_to
from {{ ref('int_identity__person_keys') }}
union all
select
    source,
    'device:' || visitor_key as source_id,
    'device' as record_type,
    person_key,
    'device' as rule,
    cast(0.9 as {{ dbt.type_float() }}) as confidence,
    valid_from,
    valid_to
from {{ ref('int_identity__visitors') }}
