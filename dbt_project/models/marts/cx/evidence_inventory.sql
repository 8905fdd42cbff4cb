with clock as (
    select {{ dbt.dateadd('year', -1, 'max(happened_day)') }} as since_day from {{ ref('fct_interaction') }}
),

seen as (
    select
        contacts.person_key,
        case
            when contacts.interaction_type = 'survey' then 'survey_answers'
            when contacts.interaction_type = 'support' then 'tickets'
            when contacts.interaction_type = 'web' then 'web_events'
            when contacts.interaction_type = 'mention' then 'mentions'
            when contacts.interaction_type like 'crm_%' then 'crm_activities'
            else contacts.interaction_type
        end as entity
    from {{ ref('fct_interaction') }} as contacts
    cross join clock
    where contacts.person_key is not null and contacts.happened_day > clock.since_day
),

known as (
    select
        seen.person_key,
        count(distinct kinds.source_kind) as kinds,
        max(case when kinds.states_need then 1 else 0 end) as stated
    from seen
    left join {{ ref('gov_evidence_source') }} as kinds on seen.entity = kinds.entity
    group by seen.person_key
)

select
    cast(kinds as bigint) as kinds,
    cast(case when count(*) >= 5 then count(*) end as bigint) as persons,
    case when count(*) >= 5 then cast(count(*) as {{ dbt.type_float() }}) / sum(count(*)) over () end as share,
    cast(case when count(*) >= 5 then sum(stated) end as bigint) as stated_need
from known
group by kinds
