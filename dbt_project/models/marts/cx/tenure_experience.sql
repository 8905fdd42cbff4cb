{% set bands = [(0, 'before the contract'), (1, 'first year'), (2, 'second year'), (3, 'third to fifth year'), (4, 'later')] %}
with clock as (
    select {{ dbt.dateadd('year', -1, 'max(scored_day)') }} as since_day from {{ ref('int_journey__scores') }}
),

scores as (
    select
        scores.person_key,
        scores.score,
        case
            when scores.scored_day < contracts.first_contract_on then 0
            when scores.scored_day < {{ dbt.dateadd('year', 1, 'contracts.first_contract_on') }} then 1
            when scores.scored_day < {{ dbt.dateadd('year', 2, 'contracts.first_contract_on') }} then 2
            when scores.scored_day < {{ dbt.dateadd('year', 5, 'contracts.first_contract_on') }} then 3
            else 4
        end as band
    from {{ ref('int_journey__scores') }} as scores
    {{ join_as_of('person', 'persons', 'scores.person_key', 'scores.scored_at') }}
    inner join {{ ref('int_journey__contracts') }} as contracts
        on coalesce(scores.account_key, persons.account_key) = contracts.account_key and contracts.first_contract_on is not null
    cross join clock
    where scores.scored_day > clock.since_day
),

sums as (
    select band, count(*) as n, count(distinct person_key) as persons, avg(score) as mean_score, var_samp(score) as variance
    from scores
    group by band
),

bands as (
    {% for position, title in bands %}
    select {{ position }} as band, '{{ title }}' as tenure
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select
    cast(bands.band as bigint) as position,
    cast(bands.tenure as {{ dbt.type_string() }}) as tenure,
    cast(case when sums.persons >= 5 then sums.persons end as bigint) as persons,
    cast(case when sums.persons >= 5 then sums.n end as bigint) as scores,
    cast(case when sums.persons >= 5 then sums.mean_score end as {{ dbt.type_float() }}) as mean_score,
    cast(case when sums.persons >= 5 then greatest(sums.mean_score - {{ z() }} * sqrt(sums.variance / sums.n), 0) end as {{ dbt.type_float() }}) as mean_low,
    cast(case when sums.persons >= 5 then least(sums.mean_score + {{ z() }} * sqrt(sums.variance / sums.n), 1) end as {{ dbt.type_float() }}) as mean_high,
    cast(case when sums.persons is null then 'nobody has said anything' when sums.persons < 5 then 'fewer than 5' end as {{ dbt.type_string() }}) as missing
from bands
left join sums on bands.band = sums.band
