{{ config(enabled='inbox_support' in var('sources')) }}
select
    'inbox' as source,
    id as source_id,
    requester_id as requester_source_id,
    account_id as account_source_id,
    assignee_id as assignee_source_id,
    group_id as group_source_id,
    group_name,
    status,
    channel,
    priority,
    reason,
    schedule_id,
    subject_redacted,
    is_internal,
    is_spam,
    merged_into_id as merged_into_source_id,
    followup_of_id as followup_of_source_id,
    {{ to_utc('created_at') }} as created_at,
    {{ to_utc('updated_at') }} as updated_at,
    {{ to_utc('_loaded_at') }} as loaded_at,
    _is_deleted as is_deleted
from {{ newest(source('inbox_support', 'tickets')) }} as tickets
