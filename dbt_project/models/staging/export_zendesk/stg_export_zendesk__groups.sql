{{ config(enabled='export_zendesk' in var('sources')) }}
select
    id as group_id,
    name as group_name
from {{ newest(source('export_zendesk', 'groups')) }} as groups
