-- Every point of contact, whatever system saw it: one row a contact, on the touchpoint that the journey map gives it.
with tickets as (
    select ticket_key, person_key, account_key, channel
    from {{ ref('fct_ticket') }}
    where is_valid
),

contacts as (
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
    inner join tickets on events.ticket_key = tickets.ticket_key
    where events.event_type = 'comment' and events.is_public and events.actor_type in ('requester', 'agent', 'bot')
    union all
    select
        source,
        'survey_answer:' || source_id as source_id,
        'survey' as interaction_type,
        'inbound' as direction,
        person_key,
        account_key,
        channel,
        answered_at as happened_at,
        loaded_at
    from {{ ref('fct_survey_answer') }}
    where is_valid and is_answered and answered_at is not null
    union all
    select
        source,
        'web_session:' || session_key as source_id,
        'web' as interaction_type,
        'inbound' as direction,
        max(person_key) as person_key,
        cast(null as {{ dbt.type_string() }}) as account_key,
        'web' as channel,
        min(happened_at) as happened_at,
        max(loaded_at) as loaded_at
    from {{ ref('fct_web_event') }}
    where not is_bot and session_key is not null
    group by source, session_key
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
    contacts.loaded_at
from contacts
left join {{ ref('dim_touchpoint') }} as exact
    on contacts.interaction_type = exact.interaction_type
    and contacts.happened_at >= exact.valid_from and contacts.happened_at < exact.valid_to
    and {{ channel_of('contacts.channel') }} = {{ channel_of('exact.channel') }}
left join {{ ref('dim_touchpoint') }} as fallback
    on contacts.interaction_type = fallback.interaction_type
    and contacts.happened_at >= fallback.valid_from and contacts.happened_at < fallback.valid_to
    and fallback.channel is null
