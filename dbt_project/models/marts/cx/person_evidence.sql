-- Which kinds of evidence there are of each person, as config/evidence.yml names them.
with clock as (
    select {{ dbt.dateadd('year', -1, 'max(happened_day)') }} as since_day from {{ ref('fct_interaction') }}
),

seen as (
    select
        person_key,
        happened_day,
        case
            when interaction_type = 'survey' then 'survey_answers'
            when interaction_type = 'support' then 'tickets'
            when interaction_type = 'web' then 'web_events'
            when interaction_type = 'mention' then 'mentions'
            when interaction_type like 'crm_%' then 'crm_activities'
            else interaction_type
        end as entity
    from {{ ref('fct_interaction') }}
    where person_key is not null
)

select
    seen.person_key,
    kinds.source_kind,
    kinds.provenance,
    coalesce(kinds.states_need, false) as states_need,
    cast(count(*) as bigint) as contacts,
    min(seen.happened_day) as first_on,
    max(seen.happened_day) as last_on,
    max(seen.happened_day) > max(clock.since_day) as is_recent
from seen
cross join clock
inner join {{ ref('gov_evidence_source') }} as kinds on seen.entity = kinds.entity
group by seen.person_key, kinds.source_kind, kinds.provenance, kinds.states_need
