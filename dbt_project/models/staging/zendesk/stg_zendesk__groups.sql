{{ config(enabled='zendesk' in var('sources'), materialized='table', indexes=[{'columns': ['group_id'], 'unique': True}]) }}
select
    id as group_id,
    name as group_name,
    {{ to_utc('_loaded_at') }} as loaded_at
from {{ newest(source('zendesk', 'groups')) }} as groups
