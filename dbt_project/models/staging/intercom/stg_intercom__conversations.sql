{{ config(enabled='intercom' in var('sources')) }}
-- A conversation is a ticket. What is snoozed waits for somebody else, and is pending; there are two priorities.
select
    'intercom' as source,
    conversations.id as source_id,
    {{ json_first('conversations.contacts', 'id') }} as requester_source_id,
    contacts.account_source_id,
    cast(conversations.team_assignee_id as {{ dbt.type_string() }}) as group_source_id,
    teams.name as group_name,
    case conversations.state when 'closed' then 'solved' when 'snoozed' then 'pending' else conversations.state end as status,
    conversations.source_type as channel,
    case conversations.priority when 'priority' then 'high' when 'not_priority' then 'normal' end as priority,
    conversations.reason,
    coalesce(conversations.title_redacted, nullif(conversations.subject_redacted, '')) as subject_redacted,
    {{ json_list_holds('conversations.tags', 'internal') }} as is_internal,
    {{ json_list_holds('conversations.tags', 'spam') }} as is_spam,
    case when {{ json_list_holds('conversations.tags', 'merged') }}
        then coalesce(conversations.merged_into_id, 'unknown') end as merged_into_source_id,
    {{ to_utc('conversations.created_at') }} as created_at,
    {{ to_utc('conversations.updated_at') }} as updated_at,
    {{ to_utc('conversations._loaded_at') }} as loaded_at,
    conversations._is_deleted as is_deleted
from {{ newest(source('intercom', 'conversations')) }} as conversations
left join {{ newest(source('intercom', 'teams')) }} as teams
    on cast(conversations.team_assignee_id as {{ dbt.type_string() }}) = teams.id
left join {{ ref('stg_intercom__contacts') }} as contacts
    on {{ json_first('conversations.contacts', 'id') }} = contacts.source_id and contacts.is_newest
