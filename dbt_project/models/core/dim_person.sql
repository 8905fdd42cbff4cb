{{ config(
    materialized='incremental',
    incremental_strategy='tracked',
    unique_key=['person_sk'],
    on_schema_change='fail',
    indexes=[{'columns': ['person_key']}, {'columns': ['person_sk'], 'unique': True}, {'columns': ['_built_at'], 'type': 'brin'}],
    meta={'carried': ['person_key']}
) }}
{% set attributes = ['account_key', 'country', 'language', 'time_zone'] %}
-- A person as the records behind it have said, from moment to moment. Where they differ counts what a record with a confirmed address
-- said last, else what most records say, else the source nearest to the contract. A record fills what the others leave out.
with {{ spoken_at_points('int_identity__person_statements', 'person_key') }},

valued as (
    {% for attribute in attributes %}
    select person_key, at, since, is_verified, has_begun, priority, '{{ attribute }}' as attribute, {{ attribute }} as value
    from spoken
    where {{ attribute }} is not null
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

ranked as (
    select
        person_key,
        at,
        attribute,
        value,
        row_number() over (
            partition by person_key, at, attribute
            order by
                max(case when has_begun then 1 else 0 end) desc,
                max(case when has_begun and is_verified then since end) desc nulls last,
                sum(case when has_begun then 1 else 0 end) desc,
                min(case when has_begun then priority end) asc nulls last,
                max(case when has_begun then since end) desc nulls last,
                min(since) asc,
                value asc
        ) as place
    from valued
    group by person_key, at, attribute, value
),

states as (
    select
        points.person_key,
        points.at,
        {% for attribute in attributes %}
        max(case when ranked.attribute = '{{ attribute }}' then ranked.value end) as {{ attribute }}{{ ',' if not loop.last }}
        {% endfor %}
    from points
    left join ranked on points.person_key = ranked.person_key and points.at = ranked.at and ranked.place = 1
    group by points.person_key, points.at
),

{{ periods_of('states', 'person_key', attributes) }},

known as (
    select
        keys.person_key,
        cast(count(*) as bigint) as records,
        min(persons.created_at) as first_known_at,
        max(persons.updated_at) as updated_at,
        max(persons.loaded_at) as loaded_at
    from {{ ref('int_identity__person_keys') }} as keys
    inner join {{ ref('input__persons') }} as persons on keys.source = persons.source and keys.source_id = persons.source_id
    group by keys.person_key
)

select
    {{ surrogate_key('person_version', ['periods.person_key', 'periods.valid_from']) }} as person_sk,
    periods.person_key,
    periods.account_key,
    coalesce(periods.country, 'unknown') as country,
    coalesce(periods.language, 'unknown') as language,
    periods.time_zone,
    periods.valid_from,
    periods.valid_to,
    periods.is_current,
    known.records,
    known.first_known_at,
    known.updated_at,
    known.loaded_at,
    {{ built_at() }} as _built_at
from periods
inner join known on periods.person_key = known.person_key
