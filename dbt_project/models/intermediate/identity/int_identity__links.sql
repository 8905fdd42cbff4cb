-- What a record could be recognised by, as the deterministic rules allow: its e-mail address (no office's), its telephone number
-- together with the family name. What more than three people hold, by count or by name, recognises nobody.
with records as (
    select
        source,
        source || ':' || source_id as record,
        email_token,
        phone_token,
        surname_token,
        coalesce(is_role_address, false) as is_role_address
    from {{ ref('input__persons') }}
    where not coalesce(is_deleted, false)
),

held as (
    select record, source, surname_token, 'email:' || email_token as link_token, 'email' as rule, cast(0.98 as {{ dbt.type_float() }}) as confidence
    from records
    where email_token is not null and not is_role_address
    union all
    select
        record,
        source,
        surname_token,
        'phone:' || phone_token || ':' || surname_token as link_token,
        'phone_and_surname' as rule,
        cast(0.95 as {{ dbt.type_float() }}) as confidence
    from records
    where phone_token is not null and surname_token is not null
),

in_source as (
    select link_token, source, count(*) as records
    from held
    group by link_token, source
),

shared as (
    select link_token, max(records) > 3 as is_shared
    from in_source
    group by link_token
),

named as (
    select link_token, count(distinct surname_token) > 3 as is_shared
    from held
    group by link_token
)

select
    held.record,
    held.link_token,
    cast(held.rule as {{ dbt.type_string() }}) as rule,
    held.confidence,
    shared.is_shared or named.is_shared as is_shared
from held
inner join shared on held.link_token = shared.link_token
inner join named on held.link_token = named.link_token
