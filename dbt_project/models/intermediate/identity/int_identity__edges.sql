-- Which records are recognised as one person, pair by pair: by an id that one system keeps of another, by what they share, by a decision
-- of a person. Of records that share something each has an edge to the first of them. A record has an edge to itself.
with records as (
    select
        source,
        source || ':' || source_id as record,
        external_source || ':' || external_id as external_record
    from {{ ref('input__persons') }}
    where not coalesce(is_deleted, false)
),

-- what the one record of a separated pair shares with the other no longer counts for it
parted as (
    select distinct theirs.record, theirs.link_token
    from {{ ref('int_identity__decisions') }} as decisions
    inner join {{ ref('int_identity__links') }} as ours on decisions.record = ours.record
    inner join {{ ref('int_identity__links') }} as theirs on decisions.other_record = theirs.record and ours.link_token = theirs.link_token
    where decisions.decision = 'separate'
),

links as (
    select links.*
    from {{ ref('int_identity__links') }} as links
    left join parted on links.record = parted.record and links.link_token = parted.link_token
    where not links.is_shared and parted.record is null
),

firsts as (
    select link_token, min(record) as first_record
    from links
    group by link_token
),

found as (
    select record, record as other_record, 'own' as rule, cast(1.0 as {{ dbt.type_float() }}) as confidence
    from records
    union all
    select records.record, others.record as other_record, {{ external_rule('records.source') }} as rule, cast(1.0 as {{ dbt.type_float() }}) as confidence
    from records
    inner join records as others on records.external_record = others.record
    left join {{ ref('int_identity__decisions') }} as decisions
        on least(records.record, others.record) = decisions.record
        and greatest(records.record, others.record) = decisions.other_record
        and decisions.decision = 'separate'
    where decisions.record is null
    union all
    select links.record, firsts.first_record as other_record, links.rule, links.confidence
    from links
    inner join firsts on links.link_token = firsts.link_token
    where links.record <> firsts.first_record
    union all
    select decisions.record, decisions.other_record, 'decision' as rule, cast(1.0 as {{ dbt.type_float() }}) as confidence
    from {{ ref('int_identity__decisions') }} as decisions
    inner join records on decisions.record = records.record
    inner join records as others on decisions.other_record = others.record
    where decisions.decision = 'merge'
)

select distinct
    record,
    other_record,
    cast(rule as {{ dbt.type_string() }}) as rule,
    confidence
from found
