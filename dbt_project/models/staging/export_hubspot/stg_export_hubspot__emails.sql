{{ config(enabled='export_hubspot' in var('sources')) }}
select
    'export_hubspot' as source,
    'email:' || emails.engagement_id as source_id,
    'email' as activity_type,
    links.person_source_id,
    links.account_source_id,
    emails.property_hubspot_owner_id as owner_source_id,
    {{ to_utc('emails.property_hs_timestamp') }} as happened_at,
    {{ to_utc('emails._loaded_at') }} as loaded_at,
    emails._is_deleted as is_deleted
from {{ newest(source('export_hubspot', 'engagement_emails'), ['engagement_id']) }} as emails
left join {{ ref('stg_export_hubspot__engagement_links') }} as links on emails.engagement_id = links.engagement_id
