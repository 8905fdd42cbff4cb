{{ config(
    materialized='incremental',
    incremental_strategy='tracked',
    unique_key=['source', 'source_id'],
    on_schema_change='fail',
    indexes=[{'columns': ['source', 'source_id'], 'unique': True}, {'columns': ['_built_at'], 'type': 'brin'}],
    meta={'days': ['happened_day']},
    pre_hook="{{ want([
        changed('fct_ticket_event', ['source', \"'ticket_event:' || source_id\"]),
        matching('fct_ticket_event', ['ticket_key'], 'fct_ticket', ['ticket_key'],
            ['source', \"'ticket_event:' || source_id\"]),
        changed('fct_survey_answer', ['source', \"'survey_answer:' || source_id\"]),
        changed('fct_web_event', ['source', \"'web_session:' || session_key\"]),
        changed('input__crm_activities', ['source', \"'crm_activity:' || source_id\"]),
        matching('input__crm_activities', ['source', 'person_source_id'], 'int_identity__person_keys',
            selected=['source', \"'crm_activity:' || source_id\"]),
        matching('input__crm_activities', ['source', 'account_source_id'], 'int_identity__account_keys',
            selected=['source', \"'crm_activity:' || source_id\"]),
    ]) }}"
) }}
-- Every point of contact, whatever system saw it: one row a contact, on the touchpoint that the journey map gives it.
with contacts as (
    select
        events.source,
        'ticket_event:' || events.source_id as source_id,
        'support' as interaction_type,
        case when events.actor_type = 'requester' then 'inbound' else 'outbound' end as direction,
        tickets.person_key,
        tickets.account_key,
        tickets.channel,
        events.happened_at,
        events.loaded_at
    from {{ ref('fct_ticket_event') }} as events
    inner join {{ ref('fct_ticket') }} as tickets on events.ticket_key = tickets.ticket_key and tickets.is_valid
    {{ only_wanted_behind('ticket_event:', 'events') }}
    where events.event_type = 'comment' and events.is_public and events.actor_type in ('requester', 'agent', 'bot')
    union all
    select
        answers.source,
        'survey_answer:' || answers.source_id as source_id,
        'survey' as interaction_type,
        'inbound' as direction,
        answers.person_key,
        answers.account_key,
        answers.channel,
        answers.answered_at as happened_at,
        answers.loaded_at
    from {{ ref('fct_survey_answer') }} as answers
    {{ only_wanted_behind('survey_answer:', 'answers') }}
    where answers.is_valid and answers.is_answered and answers.answered_at is not null
    union all
    select
        events.source,
        'web_session:' || events.session_key as source_id,
        'web' as interaction_type,
        'inbound' as direction,
        max(events.person_key) as person_key,
        cast(null as {{ dbt.type_string() }}) as account_key,
        'web' as channel,
        min(events.happened_at) as happened_at,
        max(events.loaded_at) as loaded_at
    from {{ ref('fct_web_event') }} as events
    {{ only_wanted_behind('web_session:', 'events', ['source', 'session_key']) }}
    where not events.is_bot and events.session_key is not null
    group by events.source, events.session_key
    union all
    select
        activities.source,
        'crm_activity:' || activities.source_id as source_id,
        'crm_' || activities.activity_type as interaction_type,
        'outbound' as direction,
        persons.person_key,
        accounts.account_key,
        activities.activity_type as channel,
        activities.happened_at,
        activities.loaded_at
    from {{ ref('input__crm_activities') }} as activities
    left join {{ ref('int_identity__person_keys') }} as persons
        on activities.source = persons.source and activities.person_source_id = persons.source_id
    left join {{ ref('int_identity__account_keys') }} as accounts
        on activities.source = accounts.source and activities.account_source_id = accounts.source_id
    {{ only_wanted_behind('crm_activity:', 'activities') }}
    where not coalesce(activities.is_deleted, false)
        and activities.activity_type in ('call', 'email', 'meeting') and activities.happened_at is not null
)

select
    {{ surrogate_key('interaction', ['contacts.source', 'contacts.source_id']) }} as interaction_key,
    contacts.source,
    contacts.source_id,
    cast(contacts.interaction_type as {{ dbt.type_string() }}) as interaction_type,
    cast(contacts.direction as {{ dbt.type_string() }}) as direction,
    coalesce(exact.touchpoint_key, fallback.touchpoint_key, 'unmapped') as touchpoint_key,
    contacts.person_key,
    contacts.account_key,
    coalesce(contacts.channel, 'unknown') as channel,
    contacts.happened_at,
    cast({{ business_day('contacts.happened_at') }} as date) as happened_day,
    cast(floor({{ week_slot(to_local('contacts.happened_at', "'" ~ var('config').time_zone ~ "'")) }} / 4) as bigint) as local_hour_of_week,
    contacts.loaded_at,
    {{ built_at() }} as _built_at
from contacts
left join {{ ref('dim_touchpoint') }} as exact
    on contacts.interaction_type = exact.interaction_type
    and contacts.happened_at >= exact.valid_from and contacts.happened_at < exact.valid_to
    and {{ channel_of('contacts.channel') }} = {{ channel_of('exact.channel') }}
left join {{ ref('dim_touchpoint') }} as fallback
    on contacts.interaction_type = fallback.interaction_type
    and contacts.happened_at >= fallback.valid_from and contacts.happened_at < fallback.valid_to
    and fallback.channel is null
