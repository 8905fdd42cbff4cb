-- One row a person: the newest record speaks, the others fill what it leaves out.
with records as (
    select
        keys.person_key,
        persons.country,
        persons.language,
        persons.time_zone,
        persons.created_at,
        persons.updated_at,
        accounts.account_key,
        persons.loaded_at,
        row_number() over (
            partition by keys.person_key
            order by persons.updated_at desc nulls last, persons.source asc, persons.source_id asc
        ) as record_number
    from {{ ref('int_identity__person_keys') }} as keys
    inner join {{ ref('input__persons') }} as persons
        on keys.source = persons.source and keys.source_id = persons.source_id
    left join {{ ref('int_identity__account_keys') }} as accounts
        on persons.source = accounts.source and persons.account_source_id = accounts.source_id
)

select
    person_key,
    coalesce(max(case when record_number = 1 then account_key end), max(account_key)) as account_key,
    coalesce(max(case when record_number = 1 then country end), max(country), 'unknown') as country,
    coalesce(max(case when record_number = 1 then language end), max(language), 'unknown') as language,
    coalesce(max(case when record_number = 1 then time_zone end), max(time_zone)) as time_zone,
    cast(count(*) as bigint) as records,
    min(created_at) as first_known_at,
    max(updated_at) as updated_at,
    max(loaded_at) as loaded_at
from records
group by person_key
