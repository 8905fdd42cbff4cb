{{ config(
    materialized='incremental',
    incremental_strategy='tracked',
    unique_key=['source', 'source_id'],
    on_schema_change='fail',
    indexes=[{'columns': ['source', 'source_id'], 'unique': True}, {'columns': ['email_token']}, {'columns': ['_built_at'], 'type': 'brin'}]
) }}
-- Which person each record is. The key is that of the record that was created first, so that a record that comes later changes no key.
with edges as (
    select record, rule, confidence from {{ ref('int_identity__edges') }} where rule <> 'own'
    union all
    select other_record as record, rule, confidence from {{ ref('int_identity__edges') }} where rule <> 'own'
),

best as (
    select record, rule, confidence
    from (
        select edges.*, row_number() over (partition by record order by confidence desc, rule asc) as place
        from edges
    ) as ranked
    where place = 1
)

select
    persons.source,
    persons.source_id,
    case
        when clusters.frozen_reason is null then {{ surrogate_key('person', ['clusters.label']) }}
        else {{ surrogate_key('person', ["coalesce(cast(persons.created_at as " ~ dbt.type_string() ~ "), '9999') || ' ' || components.record"]) }}
    end as person_key,
    persons.email_token,
    cast(case
        when clusters.records = 1 then 'own'
        when clusters.frozen_reason is not null then 'frozen'
        else best.rule
    end as {{ dbt.type_string() }}) as rule,
    cast(case
        when clusters.records = 1 or clusters.frozen_reason is not null then 1.0
        else best.confidence
    end as {{ dbt.type_float() }}) as confidence,
    {{ built_at() }} as _built_at
from {{ ref('input__persons') }} as persons
inner join {{ ref('int_identity__components') }} as components on persons.source || ':' || persons.source_id = components.record
inner join {{ ref('int_identity__clusters') }} as clusters on components.component = clusters.component
left join best on components.record = best.record
where not coalesce(persons.is_deleted, false)
