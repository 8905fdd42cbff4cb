{{ config(enabled='export_hubspot' in var('sources')) }}
select
    'export_hubspot' as source,
    'task:' || tasks.engagement_id as source_id,
    'task' as activity_type,
    links.person_source_id,
    links.account_source_id,
    tasks.property_hubspot_owner_id as owner_source_id,
    {{ to_utc('tasks.property_hs_timestamp') }} as happened_at,
    {{ to_utc('tasks._loaded_at') }} as loaded_at,
    tasks._is_deleted as is_deleted
from {{ newest(source('export_hubspot', 'engagement_tasks'), ['engagement_id']) }} as tasks
left join {{ ref('stg_export_hubspot__engagement_links') }} as links on tasks.engagement_id = links.engagement_id
