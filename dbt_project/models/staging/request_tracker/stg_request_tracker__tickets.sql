{{ config(enabled='request_tracker' in var('sources')) }}
-- Merging and deleting change no ticket that can still be found: the history tells of both.
select
    'request_tracker' as source,
    cast(tickets.id as {{ dbt.type_string() }}) as source_id,
    cast(tickets.requestor_id as {{ dbt.type_string() }}) as requester_source_id,
    cast(tickets.queue_id as {{ dbt.type_string() }}) as group_source_id,
    tickets.queue_name as group_name,
    {{ request_tracker_status('tickets.status') }} as status,
    cast(tickets.priority as {{ dbt.type_string() }}) as priority,
    tickets.subject_redacted,
    coalesce(requesters.actor_type = 'agent', false) as is_internal,
    links.merged_into_ticket_id as merged_into_source_id,
    {{ to_utc('tickets.created') }} as created_at,
    {{ to_utc('tickets.last_updated') }} as updated_at,
    greatest({{ to_utc('tickets._loaded_at') }}, links.loaded_at) as loaded_at,
    tickets._is_deleted or coalesce(links.is_deleted, false) as is_deleted
from {{ newest(source('request_tracker', 'tickets')) }} as tickets
left join {{ ref('stg_request_tracker__ticket_links') }} as links on tickets.id = links.ticket_id
left join {{ ref('stg_request_tracker__actors') }} as requesters on tickets.requestor_id = requesters.actor_id
