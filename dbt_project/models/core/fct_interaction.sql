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
        changed('fct_survey_answer', ['source', \"'survey_response:' || survey_response_key\"]),
        changed('fct_web_event', ['source', \"'web_session:' || session_key\"]),
        changed('input__crm_activities', ['source', \"'crm_activity:' || source_id\"]),
        matching('input__crm_activities', ['source', 'person_source_id'], 'int_identity__person_keys',
            selected=['source', \"'crm_activity:' || source_id\"]),
        matching('input__crm_activities', ['source', 'account_source_id'], 'int_identity__account_keys',
            selected=['source', \"'crm_activity:' || source_id\"]),
        changed('fct_mention', ['source', \"'mention:' || source_id\"]),
        changed('input__partner_orders', ['source', \"'order:' || source_id\"]),
        matching('input__partner_orders', ['source', 'partner_source_id'], 'int_identity__account_keys',
            selected=['source', \"'order:' || source_id\"]),
        matching('fct_interaction', ['person_key'], 'dim_person', ['person_key']),
        matching('fct_interaction', ['account_key'], 'dim_account', ['account_key']),
        matching('fct_interaction', ['person_key'], 'dim_party_role', ['party_key']),
        matching('fct_interaction', ['account_key'], 'dim_party_role', ['party_key']),
    ]) }}"
) }}
-- Every point of contact, whatever system saw it: one row a contact, on the touchpoint that the journey map gives it.
-- A questionnaire filled in is one contact, however many questions it asks.
with contacts as (
    {{ contacts_wanted() }}
),

placed as (
    select
        contacts.*,
        coalesce(exact.touchpoint_key, fallback.touchpoint_key, 'unmapped') as touchpoint_key,
        coalesce(exact.stage, fallback.stage, 'unknown') as stage,
        coalesce(exact.mode, fallback.mode, 'unknown') as mode,
        coalesce(exact.object_level, fallback.object_level, 'unknown') as object_level
    from contacts
    left join {{ ref('dim_touchpoint') }} as exact
        on contacts.interaction_type = exact.interaction_type
        and contacts.happened_at >= exact.valid_from and contacts.happened_at < exact.valid_to
        and {{ channel_of('contacts.channel') }} = {{ channel_of('exact.channel') }}
    left join {{ ref('dim_touchpoint') }} as fallback
        on contacts.interaction_type = fallback.interaction_type
        and contacts.happened_at >= fallback.valid_from and contacts.happened_at < fallback.valid_to
        and fallback.channel is null
),

known as (
    select
        placed.source,
        placed.source_id,
        placed.person_key,
        placed.happened_at,
        coalesce(placed.account_key, persons.account_key) as account_key,
        persons.country,
        coalesce(persons.time_zone, '{{ var("config").time_zone }}') as time_zone
    from placed
    {{ join_as_of('person', 'persons', 'placed.person_key', 'placed.happened_at') }}
),

main_roles as (
    select source, source_id, role
    from (
        select
            placed.source,
            placed.source_id,
            roles.role,
            row_number() over (partition by placed.source, placed.source_id order by roles.place asc, roles.party_type asc) as place
        from (
            select source, source_id, account_key as party_key, happened_at from known
            union all
            select source, source_id, person_key as party_key, happened_at from known
        ) as placed
        inner join {{ ref('dim_party_role') }} as roles
            on placed.party_key = roles.party_key
            and placed.happened_at >= roles.valid_from and placed.happened_at < roles.valid_to
    ) as ranked
    where place = 1
)

select
    {{ surrogate_key('interaction', ['placed.source', 'placed.source_id']) }} as interaction_key,
    placed.source,
    placed.source_id,
    cast(placed.interaction_type as {{ dbt.type_string() }}) as interaction_type,
    cast(placed.direction as {{ dbt.type_string() }}) as direction,
    placed.touchpoint_key,
    placed.stage,
    placed.mode,
    placed.object_level,
    coalesce(main_roles.role, 'unknown') as role,
    cast(placed.provenance as {{ dbt.type_string() }}) as provenance,
    placed.person_key,
    known.account_key,
    coalesce(nullif(accounts.country, 'unknown'), known.country, 'unknown') as country,
    coalesce(accounts.segment, 'unknown') as segment,
    coalesce(accounts.industry, 'unknown') as industry,
    coalesce(accounts.strategic, 'unknown') as strategic,
    coalesce(placed.channel, 'unknown') as channel,
    placed.happened_at,
    cast({{ business_day('placed.happened_at') }} as date) as happened_day,
    cast(floor({{ week_slot(to_local('placed.happened_at', 'known.time_zone')) }} / 4) as bigint) as local_hour_of_week,
    cast({{ business_day('placed.happened_at') }} as date) < contracts.first_contract_on as is_pre_contract,
    placed.loaded_at,
    {{ built_at() }} as _built_at
from placed
inner join known on placed.source = known.source and placed.source_id = known.source_id
left join main_roles on placed.source = main_roles.source and placed.source_id = main_roles.source_id
{{ join_as_of('account', 'accounts', 'known.account_key', 'placed.happened_at') }}
left join {{ ref('int_journey__contracts') }} as contracts on known.account_key = contracts.account_key
