-- What a person has lived through with the organisation, all contacts together: how many, and of what the person scored (0 worst, 1 best
-- of the scale) the mean, the best, the worst and the last.
with ordered as (
    select
        scores.*,
        row_number() over (partition by person_key order by scored_at desc nulls last, score_key asc) as from_the_end
    from {{ ref('int_journey__scores') }} as scores
),

scored as (
    select
        person_key,
        cast(count(*) as bigint) as scores,
        cast(avg(score) as {{ dbt.type_float() }}) as mean_score,
        cast(max(score) as {{ dbt.type_float() }}) as peak_score,
        cast(min(score) as {{ dbt.type_float() }}) as worst_score,
        cast(max(case when from_the_end = 1 then score end) as {{ dbt.type_float() }}) as end_score
    from ordered
    group by person_key
),

contacts as (
    select
        person_key,
        cast(count(*) as bigint) as interactions,
        cast(count(case when mode = 'p2p' then 1 end) as bigint) as with_people,
        cast(count(distinct touchpoint_key) as bigint) as touchpoints,
        min(happened_at) as first_at,
        max(happened_at) as last_at
    from {{ ref('fct_interaction') }}
    where person_key is not null
    group by person_key
)

select
    contacts.person_key,
    contacts.interactions,
    contacts.with_people,
    contacts.touchpoints,
    contacts.first_at,
    contacts.last_at,
    coalesce(scored.scores, 0) as scores,
    scored.mean_score,
    scored.peak_score,
    scored.worst_score,
    scored.end_score
from contacts
left join scored on contacts.person_key = scored.person_key
