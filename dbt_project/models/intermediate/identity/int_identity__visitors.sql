{{ config(
    materialized='incremental',
    incremental_strategy='tracked',
    unique_key=['source', 'visitor_token', 'visitor_key'],
    on_schema_change='fail',
    indexes=[{'columns': ['source', 'visitor_token']}, {'columns': ['_built_at'], 'type': 'brin'}]
) }}
-- When a device was a person's: from 30 days before a login to 30 days after it, if no other person has logged in on it. Only visits with
-- consent are looked at.
with logins as (
    select distinct
        events.source,
        events.visitor_token,
        keys.person_key,
        events.happened_at
    from {{ ref('input__web_events') }} as events
    inner join {{ ref('int_identity__email_keys') }} as keys on events.person_email_token = keys.email_token
    where coalesce(events.has_consent, false) and not coalesce(events.is_deleted, false) and events.visitor_token is not null
),

devices as (
    select source, visitor_token
    from logins
    group by source, visitor_token
    having count(distinct person_key) = 1
),

steps as (
    select
        logins.*,
        lag(logins.happened_at) over (partition by logins.source, logins.visitor_token order by logins.happened_at asc) as before_at
    from logins
    inner join devices on logins.source = devices.source and logins.visitor_token = devices.visitor_token
),

numbered as (
    select
        steps.*,
        sum(case when before_at is null or happened_at > {{ dbt.dateadd('day', 60, 'before_at') }} then 1 else 0 end) over (
            partition by source, visitor_token
            order by happened_at asc
            rows between unbounded preceding and current row
        ) as span_number
    from steps
)

select
    source,
    visitor_token,
    {{ surrogate_key('visitor', ['source', 'visitor_token', 'span_number']) }} as visitor_key,
    min(person_key) as person_key,
    cast({{ dbt.dateadd('day', -30, 'min(happened_at)') }} as timestamp) as valid_from,
    cast({{ dbt.dateadd('day', 30, 'max(happened_at)') }} as timestamp) as valid_to,
    {{ built_at() }} as _built_at
from numbered
group by source, visitor_token, span_number
