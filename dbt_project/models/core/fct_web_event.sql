{{ config(
    materialized='incremental',
    incremental_strategy='tracked',
    unique_key=['source', 'source_id'],
    on_schema_change='fail',
    indexes=[{'columns': ['source', 'source_id'], 'unique': True}, {'columns': ['session_key']}, {'columns': ['_built_at'], 'type': 'brin'}],
    meta={'days': ['happened_day'], 'carried': ['session_key']},
    pre_hook="{{ want([
        changed('input__web_events'),
        matching('input__web_events', ['person_email_token'], 'int_identity__email_keys'),
        matching('input__web_events', ['source', 'visitor_token'], 'int_identity__visitors', ['source', 'visitor_token']),
    ]) }}"
) }}
-- One step of a visit. A visitor who did not agree is counted, and never linked to a person; of one who did, what was done before the
-- login or after it on the same device is the person's too.
with events as (
    select
        events.*,
        case when coalesce(events.has_consent, false) then coalesce(by_email.person_key, devices.person_key) end as person_key
    from {{ ref('input__web_events') }} as events
    left join {{ ref('int_identity__email_keys') }} as by_email
        on events.person_email_token = by_email.email_token
    left join {{ ref('int_identity__visitors') }} as devices
        on events.source = devices.source
        and events.visitor_token = devices.visitor_token
        and events.person_email_token is null
        and events.happened_at >= devices.valid_from
        and events.happened_at < devices.valid_to
    {{ only_wanted('events') }}
    where not coalesce(events.is_deleted, false)
)

select
    {{ surrogate_key('web_event', ['events.source', 'events.source_id']) }} as web_event_key,
    events.source,
    events.source_id,
    {{ surrogate_key('web_session', ['events.source', 'events.session_id']) }} as session_key,
    events.person_key,
    coalesce(events.person_email_token is not null and events.person_key is not null, false) as is_logged_in,
    events.event_type,
    events.task,
    events.content_path,
    events.search_results,
    events.page_path,
    coalesce(events.referrer_type, 'unknown') as referrer_type,
    coalesce(events.device, 'unknown') as device,
    coalesce(events.country, 'unknown') as country,
    coalesce(events.is_bot, false) as is_bot,
    events.has_consent,
    events.session_duration_seconds,
    events.happened_at,
    {{ business_day('events.happened_at') }} as happened_day,
    events.loaded_at,
    {{ built_at() }} as _built_at
from events
