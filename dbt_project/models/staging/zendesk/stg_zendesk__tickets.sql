{{ config(
    enabled='zendesk' in var('sources'),
    meta={'delta': {
        'key': ['id'], 'ids': "cast(id as text)",
        'touched_by': {'zendesk.tickets': ['id'], 'zendesk.ticket_events': ['ticket_id']}
    }}
) }}
select
    'zendesk' as source,
    cast(tickets.id as {{ dbt.type_string() }}) as source_id,
    cast(tickets.requester_id as {{ dbt.type_string() }}) as requester_source_id,
    cast(tickets.organization_id as {{ dbt.type_string() }}) as account_source_id,
    cast(tickets.group_id as {{ dbt.type_string() }}) as group_source_id,
    groups.group_name,
    tickets.status,
    tickets.channel,
    tickets.priority,
    tickets.contact_reason as reason,
    cast(links.schedule_id as {{ dbt.type_string() }}) as schedule_id,
    tickets.subject_redacted,
    {{ json_list_holds('tickets.tags', 'internal') }} as is_internal,
    {{ json_list_holds('tickets.tags', 'spam') }} as is_spam,
    case when {{ json_list_holds('tickets.tags', 'closed_by_merge') }}
        then coalesce(cast(links.merged_into_ticket_id as {{ dbt.type_string() }}), 'unknown') end as merged_into_source_id,
    case when tickets.via_rel = 'follow_up' then cast(tickets.via_from_ticket_id as {{ dbt.type_string() }}) end as followup_of_source_id,
    {{ to_utc('tickets.created_at') }} as created_at,
    {{ to_utc('tickets.updated_at') }} as updated_at,
    {{ to_utc('tickets._loaded_at') }} as loaded_at,
    tickets._is_deleted as is_deleted
from {{ newest(source('zendesk', 'tickets')) }} as tickets
left join {{ ref('stg_zendesk__groups') }} as groups on tickets.group_id = groups.group_id
left join {{ zendesk_ticket_links() }} as links on tickets.id = links.ticket_id
