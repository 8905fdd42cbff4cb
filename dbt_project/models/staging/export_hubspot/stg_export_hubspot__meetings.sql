{{ config(enabled='export_hubspot' in var('sources')) }}
select
    'export_hubspot' as source,
    'meeting:' || meetings.engagement_id as source_id,
    'meeting' as activity_type,
    links.person_source_id,
    links.account_source_id,
    meetings.meeting_outcome as outcome,
    {{ to_utc('meetings.start_time') }} as happened_at,
    {{ to_utc('meetings._loaded_at') }} as loaded_at,
    meetings._is_deleted as is_deleted
from {{ newest(source('export_hubspot', 'engagement_meetings'), ['engagement_id']) }} as meetings
left join {{ ref('stg_export_hubspot__engagement_links') }} as links on meetings.engagement_id = links.engagement_id
