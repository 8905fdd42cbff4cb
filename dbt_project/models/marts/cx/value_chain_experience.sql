-- Every step and every role of config/roles.yml is a row, also where nobody has said anything.
{% set steps = ['production', 'delivery', 'consumption', 'support', 'maintenance'] %}
with clock as (
    select {{ dbt.dateadd('year', -1, 'max(scored_day)') }} as since_day from {{ ref('int_journey__scores') }}
),

scores as (
    select scores.score_key, scores.person_key, scores.scored_at, scores.score, coalesce(scores.account_key, persons.account_key) as account_key
    from {{ ref('int_journey__scores') }} as scores
    {{ join_as_of('person', 'persons', 'scores.person_key', 'scores.scored_at') }}
    cross join clock
    where scores.scored_day > clock.since_day
),

placed as (
    select
        parties.score_key,
        roles.role,
        row_number() over (partition by parties.score_key order by roles.place asc, roles.party_type asc) as pick
    from (
        select score_key, account_key as party_key, scored_at from scores
        union all
        select score_key, person_key as party_key, scored_at from scores
    ) as parties
    inner join {{ ref('dim_party_role') }} as roles
        on parties.party_key = roles.party_key and parties.scored_at >= roles.valid_from and parties.scored_at < roles.valid_to
),

sums as (
    select placed.role, count(*) as n, count(distinct scores.person_key) as persons, avg(scores.score) as mean_score, var_samp(scores.score) as variance
    from placed
    inner join scores on placed.score_key = scores.score_key
    where placed.pick = 1
    group by placed.role
),

places as (
    {% for step in steps %}
    {% set roles = var('config').roles | selectattr('value_chain_step', 'equalto', step) | list %}
    {% for role in roles %}
    select {{ loop.index }} as position, '{{ step }}' as value_chain_step, {{ quoted(role.id) }} as role
    union all
    {% else %}
    select 1, '{{ step }}', 'no role'
    union all
    {% endfor %}
    {% endfor %}
    select 0, '', '' where 1 = 0
)

select
    cast(places.value_chain_step as {{ dbt.type_string() }}) as value_chain_step,
    cast(places.role as {{ dbt.type_string() }}) as role,
    cast(case when sums.persons >= 5 then sums.persons end as bigint) as persons,
    cast(case when sums.persons >= 5 then sums.n end as bigint) as scores,
    cast(case when sums.persons >= 5 then sums.mean_score end as {{ dbt.type_float() }}) as mean_score,
    cast(case when sums.persons >= 5 then greatest(sums.mean_score - {{ z() }} * sqrt(sums.variance / sums.n), 0) end as {{ dbt.type_float() }}) as mean_low,
    cast(case when sums.persons >= 5 then least(sums.mean_score + {{ z() }} * sqrt(sums.variance / sums.n), 1) end as {{ dbt.type_float() }}) as mean_high,
    cast(case when sums.persons is null then 'nobody has said anything' when sums.persons < 5 then 'fewer than 5' end as {{ dbt.type_string() }}) as missing
from places
left join sums on places.role = sums.role
