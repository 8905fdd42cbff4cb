{{ config(
    materialized='incremental',
    incremental_strategy='tracked',
    unique_key=['source', 'source_id', 'since'],
    on_schema_change='fail',
    indexes=[{'columns': ['source', 'source_id', 'since'], 'unique': True}, {'columns': ['person_key']}, {'columns': ['_built_at'], 'type': 'brin'}],
    meta={'carried': ['person_key']}
) }}
-- What each record said of its person, from when to when. A version that comes late changes what was said, though the newest stays.
select
    keys.person_key,
    versions.source,
    versions.source_id,
    accounts.account_key,
    versions.country,
    versions.language,
    versions.time_zone,
    coalesce(versions.is_verified, false) as is_verified,
    {{ source_priority('versions.source') }} as priority,
    {{ spoken_period('versions') }},
    {{ built_at() }} as _built_at
from {{ ref('int_identity__person_record_versions') }} as versions
inner join {{ ref('int_identity__person_keys') }} as keys
    on versions.source = keys.source and versions.source_id = keys.source_id
left join {{ ref('int_identity__account_keys') }} as accounts
    on versions.source = accounts.source and versions.account_source_id = accounts.source_id
