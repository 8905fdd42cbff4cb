-- Records that rules have joined, and whether they may be one person: a cluster of too many names or addresses, one that holds a pair
-- which somebody has separated, and one that no strong edge holds together are frozen: every record of it stays a person of its own.
with records as (
    select
        components.component,
        components.record,
        persons.surname_token,
        persons.email_token,
        coalesce(cast(persons.created_at as {{ dbt.type_string() }}), '9999') || ' ' || components.record as label
    from {{ ref('int_identity__components') }} as components
    inner join {{ ref('input__persons') }} as persons on components.record = persons.source || ':' || persons.source_id
),

separated as (
    select distinct ours.component
    from {{ ref('int_identity__decisions') }} as decisions
    inner join {{ ref('int_identity__components') }} as ours on decisions.record = ours.record
    inner join {{ ref('int_identity__components') }} as theirs
        on decisions.other_record = theirs.record and ours.component = theirs.component
    where decisions.decision = 'separate'
),

strength as (
    select components.component, max(edges.confidence) as strongest
    from {{ ref('int_identity__edges') }} as edges
    inner join {{ ref('int_identity__components') }} as components on edges.record = components.record
    where edges.rule <> 'own'
    group by components.component
),

sizes as (
    select
        component,
        cast(count(*) as bigint) as records,
        cast(count(distinct surname_token) as bigint) as names,
        cast(count(distinct email_token) as bigint) as emails,
        min(label) as label
    from records
    group by component
)

select
    sizes.component,
    sizes.label,
    sizes.records,
    sizes.names,
    sizes.emails,
    cast(case
        when sizes.records = 1 then null
        when separated.component is not null then 'holds a separated pair'
        when sizes.names > 5 then 'more than 5 names'
        when sizes.emails > 10 then 'more than 10 addresses'
        when coalesce(strength.strongest, 0) < 0.95 then 'no strong edge'
    end as {{ dbt.type_string() }}) as frozen_reason
from sizes
left join separated on sizes.component = separated.component
left join strength on sizes.component = strength.component
