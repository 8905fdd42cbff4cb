{{ config(
    materialized='incremental',
    incremental_strategy='tracked',
    unique_key=['source', 'source_id', 'since'],
    on_schema_change='fail',
    indexes=[{'columns': ['source', 'source_id', 'since'], 'unique': True}, {'columns': ['account_key']}, {'columns': ['_built_at'], 'type': 'brin'}],
    meta={'carried': ['account_key']}
) }}
-- What each record said of its account, from when to when. A version that comes late changes what was said, though the newest stays.
select
    keys.account_key,
    versions.source,
    versions.source_id,
    keys.is_origin,
    parents.account_key as parent_account_key,
    versions.tier,
    versions.segment,
    versions.industry,
    versions.country,
    case when versions.is_strategic then 'yes' when not versions.is_strategic then 'no' end as strategic,
    versions.contract_start_date,
    versions.contract_end_date,
    {{ source_priority('versions.source') }} as priority,
    {{ spoken_period('versions') }},
    {{ built_at() }} as _built_at
from {{ ref('int_identity__account_record_versions') }} as versions
inner join {{ ref('int_identity__account_keys') }} as keys
    on versions.source = keys.source and versions.source_id = keys.source_id
left join {{ ref('int_identity__account_keys') }} as parents
    on versions.source = parents.source and versions.parent_source_id = parents.source_id
