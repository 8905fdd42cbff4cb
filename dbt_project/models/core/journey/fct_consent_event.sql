-- On the website only a yes is seen: a visitor who says no is linked to nobody. What records of persons say of e-mail is a row at each
-- change; of several records of one source that say different things at one moment, the no counts.
with said as (
    select
        persons.person_key,
        versions.source,
        versions.source_id,
        versions.may_be_emailed as is_granted,
        coalesce(versions.version_at, versions.created_at, versions.updated_at) as happened_at
    from {{ ref('int_identity__person_record_versions') }} as versions
    inner join {{ ref('int_identity__person_keys') }} as persons
        on versions.source = persons.source and versions.source_id = persons.source_id
    where versions.may_be_emailed is not null
),

changes as (
    select
        said.*,
        lag(is_granted) over (partition by source, source_id order by happened_at asc, case when is_granted then 0 else 1 end asc) as before
    from said
    where happened_at is not null
),

events as (
    select person_key, 'web_analytics' as purpose, source, min(happened_at) as happened_at, 1 as granted
    from {{ ref('fct_web_event') }}
    where person_key is not null and has_consent
    group by person_key, source
    union all
    select person_key, 'email' as purpose, source, happened_at, case when is_granted then 1 else 0 end as granted
    from changes
    where before is null or before <> is_granted
    union all
    select person_key, 'survey' as purpose, source, min(invited_at) as happened_at, 0 as granted
    from {{ ref('fct_survey_invitation') }}
    where person_key is not null and disposition = 'refused' and invited_at is not null
    group by person_key, source
)

select
    {{ surrogate_key('consent', ['person_key', 'purpose', 'source', 'happened_at']) }} as consent_event_key,
    person_key,
    cast(purpose as {{ dbt.type_string() }}) as purpose,
    min(granted) = 1 as is_granted,
    happened_at,
    source
from events
group by person_key, purpose, source, happened_at
