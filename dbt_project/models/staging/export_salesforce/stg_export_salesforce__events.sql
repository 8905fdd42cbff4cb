{{ config(enabled='export_salesforce' in var('sources')) }}
-- Calendar entries: what is no call or e-mail is a meeting.
select
    'export_salesforce' as source,
    'event:' || events.id as source_id,
    case
        when lower(events.type) like '%call%' then 'call'
        when lower(events.type) like '%mail%' then 'email'
        else 'meeting'
    end as activity_type,
    events.who_id as person_source_id,
    events.account_id as account_source_id,
    events.owner_id as owner_source_id,
    {{ to_utc('coalesce(events.start_date_time, events.activity_date_time)') }} as happened_at,
    {{ to_utc('events._loaded_at') }} as loaded_at,
    events._is_deleted as is_deleted
from {{ newest(source('export_salesforce', 'events')) }} as events
