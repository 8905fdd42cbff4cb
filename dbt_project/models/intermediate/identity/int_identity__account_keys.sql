{{ config(
    materialized='incremental',
    incremental_strategy='tracked',
    unique_key=['source', 'source_id'],
    on_schema_change='fail',
    indexes=[{'columns': ['source', 'source_id'], 'unique': True}, {'columns': ['_built_at'], 'type': 'brin'}]
) }}
-- Which records are one account: a record that keeps another system's account id is that account, once that system's record is known.
with accounts as (
    select source, source_id, external_source, external_id
    from {{ ref('input__accounts') }}
    where not coalesce(is_deleted, false)
)

select
    accounts.source,
    accounts.source_id,
    {{ surrogate_key('account', ['coalesce(origin.source, accounts.source)', 'coalesce(origin.source_id, accounts.source_id)']) }} as account_key,
    origin.source is null as is_origin,
    {{ built_at() }} as _built_at
from accounts
left join accounts as origin
    on accounts.external_source = origin.source
    and accounts.external_id = origin.source_id
