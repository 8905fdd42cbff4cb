{{ config(enabled='export_hubspot' in var('sources')) }}
select
    'export_hubspot' as source,
    'call:' || calls.engagement_id as source_id,
    'call' as activity_type,
    links.person_source_id,
    links.account_source_id,
    {{ to_utc('calls.property_hs_timestamp') }} as happened_at,
    {{ to_utc('calls._loaded_at') }} as loaded_at,
    calls._is_deleted as is_deleted
from {{ newest(source('export_hubspot', 'engagement_calls'), ['engagement_id']) }} as calls
left join {{ ref('stg_export_hubspot__engagement_links') }} as links on calls.engagement_id = links.engagement_id
