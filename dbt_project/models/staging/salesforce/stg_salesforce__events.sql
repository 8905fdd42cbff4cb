{{ config(
    enabled='salesforce' in var('sources'),
    meta={'delta': {'key': ['id'], 'ids': "'event:' || id", 'touched_by': {'salesforce.events': ['id']}}}
) }}
-- Calendar entries: what is no call is a meeting.
select
    'salesforce' as source,
    'event:' || events.id as source_id,
    case when lower(events.type) = 'call' then 'call' else 'meeting' end as activity_type,
    events.who_id as person_source_id,
    events.account_id as account_source_id,
    events.owner_id as owner_source_id,
    {{ to_utc('coalesce(events.starts_at, events.activity_date)') }} as happened_at,
    {{ to_utc('events._loaded_at') }} as loaded_at,
    events._is_deleted as is_deleted
from {{ newest(source('salesforce', 'events')) }} as events
