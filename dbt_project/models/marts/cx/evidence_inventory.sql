with known as (
    select
        person_key,
        count(*) as kinds,
        count(distinct provenance) as provenances,
        max(case when states_need then 1 else 0 end) as stated
    from {{ ref('person_evidence') }}
    where is_recent
    group by person_key
)

select
    cast(kinds as bigint) as kinds,
    cast(case when count(*) >= 5 then count(*) end as bigint) as persons,
    case when count(*) >= 5 then cast(count(*) as {{ dbt.type_float() }}) / sum(count(*)) over () end as share,
    cast(case when count(*) >= 5 then sum(stated) end as bigint) as stated_need,
    cast(case when count(*) >= 5 then sum(case when provenances > 1 then 1 else 0 end) end as bigint) as known_both_ways
from known
group by kinds
