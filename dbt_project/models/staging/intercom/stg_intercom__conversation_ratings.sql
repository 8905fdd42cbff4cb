{{ config(enabled='intercom' in var('sources')) }}
-- One row a conversation that a rating was asked for. The tool tells when it asked, not when it was answered.
select
    'intercom' as source,
    conversations.id as source_id,
    'intercom_conversation_rating' as survey_source_id,
    'Conversation rating' as survey_name,
    'transactional' as survey_type,
    'csat' as measure,
    cast(1 as {{ dbt.type_float() }}) as scale_min,
    cast(5 as {{ dbt.type_float() }}) as scale_max,
    cast(conversations.rating as {{ dbt.type_float() }}) as score,
    conversations.rating_remark_redacted as comment_redacted,
    conversations.rating_contact_id as person_source_id,
    'intercom' as trigger_source,
    conversations.id as trigger_source_id,
    'ticket_solved' as touchpoint,
    {{ to_utc('conversations.rating_asked_at') }} as invited_at,
    case when conversations.rating is not null then {{ to_utc('conversations.rating_asked_at') }} end as answered_at,
    conversations.rating is not null as is_complete,
    {{ to_utc('conversations._loaded_at') }} as loaded_at,
    conversations._is_deleted as is_deleted
from {{ newest(source('intercom', 'conversations')) }} as conversations
where conversations.rating_asked_at is not null
