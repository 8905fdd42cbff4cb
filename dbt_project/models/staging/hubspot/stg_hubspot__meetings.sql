{{ config(enabled='hubspot' in var('sources')) }}
-- Planned meetings are there too, with a time to come.
select
    'hubspot' as source,
    'meeting:' || meetings.id as source_id,
    'meeting' as activity_type,
    {{ json_first('meetings.contacts', 'id') }} as person_source_id,
    {{ json_first('meetings.companies', 'id') }} as account_source_id,
    meetings.owner_id as owner_source_id,
    meetings.outcome as outcome,
    {{ to_utc('coalesce(meetings.starts_at, meetings.happened_at)') }} as happened_at,
    {{ to_utc('meetings._loaded_at') }} as loaded_at,
    meetings._is_deleted as is_deleted
from {{ newest(source('hubspot', 'meetings')) }} as meetings
