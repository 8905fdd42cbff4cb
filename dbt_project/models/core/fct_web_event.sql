{{ config(
    materialized='incremental',
    unique_key=['source', 'source_id'],
    incremental_strategy='merge',
    on_schema_change='fail',
    indexes=[{'columns': ['source', 'source_id'], 'unique': True}, {'columns': ['loaded_at']}],
    post_hook="{{ forget_vanished('input__web_events') if is_incremental() }}"
) }}
-- One step of a visit. A visitor who did not agree is counted, and never linked to a person.
with events as (
    select
        events.*,
        case when coalesce(events.has_consent, false) then by_email.person_key end as person_key
    from {{ ref('input__web_events') }} as events
    left join {{ ref('int_identity__email_keys') }} as by_email
        on events.person_email_token = by_email.email_token
    where not coalesce(events.is_deleted, false)
)

select
    {{ surrogate_key('web_event', ['events.source', 'events.source_id']) }} as web_event_key,
    events.source,
    events.source_id,
    {{ surrogate_key('web_session', ['events.source', 'events.session_id']) }} as session_key,
    events.person_key,
    events.event_type,
    events.task,
    events.page_path,
    coalesce(events.referrer_type, 'unknown') as referrer_type,
    coalesce(events.device, 'unknown') as device,
    coalesce(events.country, 'unknown') as country,
    coalesce(events.is_bot, false) as is_bot,
    events.has_consent,
    events.session_duration_seconds,
    events.happened_at,
    {{ business_day('events.happened_at') }} as happened_day,
    events.loaded_at
from events
{% if is_incremental() %}
left join {{ this }} as facts on events.source = facts.source and events.source_id = facts.source_id
where facts.source is null
    or events.loaded_at > {{ watermark(this) }}
    or coalesce(facts.person_key, '') <> coalesce(events.person_key, '')
{% endif %}
