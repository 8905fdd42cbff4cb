{{ config(enabled='export_hubspot' in var('sources')) }}
-- What a stage of a pipeline means, each company decides: a ticket with a closing date is closed, any other open.
select
    'export_hubspot' as source,
    tickets.id as source_id,
    links.person_source_id as requester_source_id,
    links.account_source_id,
    tickets.property_hubspot_owner_id as assignee_source_id,
    tickets.property_hs_pipeline as group_source_id,
    case when tickets.property_closed_date is null then 'open' else 'closed' end as status,
    lower(tickets.property_hs_ticket_priority) as priority,
    tickets.property_hs_ticket_category as reason,
    tickets.property_subject_redacted as subject_redacted,
    false as is_internal,
    false as is_spam,
    {{ to_utc('tickets.property_createdate') }} as created_at,
    {{ to_utc('tickets.fivetran_synced') }} as updated_at,
    {{ to_utc('tickets._loaded_at') }} as loaded_at,
    tickets._is_deleted as is_deleted
from {{ newest(source('export_hubspot', 'tickets')) }} as tickets
left join {{ ref('stg_export_hubspot__ticket_links') }} as links on tickets.id = links.ticket_id
