{{ config(
    enabled='zendesk' in var('sources'),
    materialized='incremental',
    incremental_strategy='tracked',
    unique_key=['group_id'],
    on_schema_change='fail',
    indexes=[{'columns': ['group_id'], 'unique': True}]
) }}
select
    id as group_id,
    name as group_name,
    {{ to_utc('_loaded_at') }} as loaded_at,
    {{ built_at() }} as _built_at
from {{ newest(source('zendesk', 'groups')) }} as groups
