-- Pairs that a person should look at: one family name, company and country, and yet two persons. A rule may not join them; a decision can.
with records as (
    select
        keys.person_key,
        persons.source,
        persons.source_id,
        persons.source || ':' || persons.source_id as record,
        accounts.account_key,
        persons.surname_token,
        people.country
    from {{ ref('int_identity__person_keys') }} as keys
    inner join {{ ref('input__persons') }} as persons on keys.source = persons.source and keys.source_id = persons.source_id
    inner join {{ ref('int_identity__account_keys') }} as accounts
        on persons.source = accounts.source and persons.account_source_id = accounts.source_id
    inner join {{ ref('dim_person') }} as people on keys.person_key = people.person_key and people.is_current
    where persons.surname_token is not null and not coalesce(persons.is_role_address, false)
)

select
    {{ surrogate_key('identity_candidate', ['ours.record', 'theirs.record']) }} as identity_candidate_key,
    ours.source as source_a,
    ours.source_id as source_id_a,
    theirs.source as source_b,
    theirs.source_id as source_id_b,
    'name_company_country' as rule,
    cast(0.8 as {{ dbt.type_float() }}) as confidence
from records as ours
inner join records as theirs
    on ours.surname_token = theirs.surname_token
    and ours.account_key = theirs.account_key
    and ours.country = theirs.country
    and ours.record < theirs.record
    and ours.person_key <> theirs.person_key
left join {{ ref('int_identity__decisions') }} as decisions
    on ours.record = decisions.record and theirs.record = decisions.other_record
where decisions.record is null
