{{ config(enabled='export_zendesk' in var('sources')) }}
select
    'export_zendesk' as source,
    cast(tickets.id as {{ dbt.type_string() }}) as source_id,
    cast(tickets.requester_id as {{ dbt.type_string() }}) as requester_source_id,
    cast(tickets.organization_id as {{ dbt.type_string() }}) as account_source_id,
    cast(tickets.group_id as {{ dbt.type_string() }}) as group_source_id,
    groups.group_name,
    tickets.status,
    tickets.via_channel as channel,
    tickets.priority,
    links.schedule_id,
    tickets.subject_redacted,
    coalesce(links.is_internal, false) as is_internal,
    coalesce(links.is_spam, false) as is_spam,
    links.merged_into_ticket_id as merged_into_source_id,
    cast(tickets.via_followup_source_id as {{ dbt.type_string() }}) as followup_of_source_id,
    {{ to_utc('tickets.created_at') }} as created_at,
    {{ to_utc('tickets.updated_at') }} as updated_at,
    {{ to_utc('tickets._loaded_at') }} as loaded_at,
    tickets._is_deleted as is_deleted
from {{ newest(source('export_zendesk', 'tickets')) }} as tickets
left join {{ ref('stg_export_zendesk__groups') }} as groups on tickets.group_id = groups.group_id
left join {{ ref('stg_export_zendesk__ticket_links') }} as links
    on cast(tickets.id as {{ dbt.type_string() }}) = links.ticket_id
