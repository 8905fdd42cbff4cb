{{ config(enabled='intercom' in var('sources')) }}
-- A conversation begins with two steps: it is there, and it says something. Its parts are what comes after.
select
    'intercom' as source,
    conversations.id || ':' || steps.event_type as source_id,
    conversations.id as ticket_source_id,
    steps.event_seq,
    steps.event_type,
    {{ intercom_actor('conversations.author_type') }} as actor_type,
    case when steps.event_type = 'comment' then true end as is_public,
    case when steps.event_type = 'created' then 'new' end as to_value,
    case when steps.event_type = 'comment' then conversations.body_redacted end as comment_redacted,
    {{ to_utc('conversations.created_at') }} as happened_at,
    {{ to_utc('conversations._loaded_at') }} as loaded_at,
    conversations._is_deleted as is_deleted
from {{ newest(source('intercom', 'conversations')) }} as conversations
cross join (
    select cast(0 as bigint) as event_seq, 'created' as event_type
    union all
    select cast(1 as bigint) as event_seq, 'comment' as event_type
) as steps
