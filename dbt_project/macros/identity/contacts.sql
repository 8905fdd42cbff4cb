{#-
    Every point of contact as its source tells it, for `fct_interaction`: source, source_id (the kind of row before a colon), interaction_type,
    direction, person_key, account_key, channel, happened_at, loaded_at, and provenance: direct (the person said it), observed (a system saw
    it) or inferred (it is the person's because of the device).
-#}
{% macro contacts_wanted() -%}
    select
        events.source,
        'ticket_event:' || events.source_id as source_id,
        'support' as interaction_type,
        case when events.actor_type = 'requester' then 'inbound' else 'outbound' end as direction,
        tickets.person_key,
        tickets.account_key,
        tickets.channel,
        'direct' as provenance,
        events.happened_at,
        events.loaded_at
    from {{ ref('fct_ticket_event') }} as events
    inner join {{ ref('fct_ticket') }} as tickets on events.ticket_key = tickets.ticket_key and tickets.is_valid
    {{ only_wanted_behind('ticket_event:', 'events') }}
    where events.event_type = 'comment' and events.is_public and events.actor_type in ('requester', 'agent', 'bot')
    union all
    select
        answers.source,
        'survey_response:' || answers.survey_response_key as source_id,
        'survey' as interaction_type,
        'inbound' as direction,
        max(answers.person_key) as person_key,
        max(answers.account_key) as account_key,
        max(answers.channel) as channel,
        'direct' as provenance,
        max(answers.answered_at) as happened_at,
        max(answers.loaded_at) as loaded_at
    from {{ ref('fct_survey_answer') }} as answers
    {{ only_wanted_behind('survey_response:', 'answers', ['source', 'survey_response_key']) }}
    where answers.is_valid and answers.is_answered and answers.answered_at is not null
    group by answers.source, answers.survey_response_key
    union all
    select
        events.source,
        'web_session:' || events.session_key as source_id,
        'web' as interaction_type,
        'inbound' as direction,
        max(events.person_key) as person_key,
        cast(null as {{ dbt.type_string() }}) as account_key,
        'web' as channel,
        case when max(events.person_key) is null or max(case when events.is_logged_in then 1 else 0 end) = 1 then 'observed' else 'inferred' end as provenance,
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
        'observed' as provenance,
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
    union all
    select
        mentions.source,
        'mention:' || mentions.source_id as source_id,
        'mention' as interaction_type,
        case when mentions.is_own then 'outbound' else 'inbound' end as direction,
        mentions.person_key,
        mentions.account_key,
        mentions.platform as channel,
        'direct' as provenance,
        mentions.happened_at,
        mentions.loaded_at
    from {{ ref('fct_mention') }} as mentions
    {{ only_wanted_behind('mention:', 'mentions') }}
    where mentions.is_valid and mentions.brand_role = 'own'
    union all
    select
        orders.source,
        'order:' || orders.source_id as source_id,
        'order' as interaction_type,
        case when orders.direction = 'buy' then 'outbound' else 'inbound' end as direction,
        cast(null as {{ dbt.type_string() }}) as person_key,
        accounts.account_key,
        'order' as channel,
        'observed' as provenance,
        orders.ordered_at as happened_at,
        orders.loaded_at
    from {{ ref('input__partner_orders') }} as orders
    left join {{ ref('int_identity__account_keys') }} as accounts
        on orders.source = accounts.source and orders.partner_source_id = accounts.source_id
    {{ only_wanted_behind('order:', 'orders') }}
    where not coalesce(orders.is_deleted, false) and orders.ordered_at is not null
{%- endmacro %}
