{{ config(
    materialized='incremental',
    incremental_strategy='tracked',
    unique_key=['source', 'source_id'],
    on_schema_change='fail',
    indexes=[{'columns': ['source', 'source_id'], 'unique': True}, {'columns': ['email_token']}, {'columns': ['_built_at'], 'type': 'brin'}]
) }}
-- Which records are one person. Records are linked by the same e-mail (no role address, none that more than three records of one
-- source share) and by an id that one system keeps of another. Each pass gives every record the smallest label among those it is
-- linked to; four passes join chains of up to five systems, without recursion.
with records as (
    select
        source,
        source_id,
        source || ':' || source_id as label,
        email_token,
        external_source || ':' || external_id as external_label,
        coalesce(is_role_address, false) as is_role_address
    from {{ ref('input__persons') }}
    where not coalesce(is_deleted, false)
),

shared_addresses as (
    select distinct email_token
    from records
    where email_token is not null
    group by source, email_token
    having count(*) > 3
),

links as (
    select label as record, 'record:' || label as link
    from records
    union
    select label as record, 'record:' || external_label as link
    from records
    where external_label is not null
    union
    select records.label as record, 'email:' || records.email_token as link
    from records
    left join shared_addresses on records.email_token = shared_addresses.email_token
    where records.email_token is not null and not records.is_role_address and shared_addresses.email_token is null
),

pass_0 as (
    select record, link, record as label
    from links
),

{% for number in range(1, 5) %}
link_{{ number }} as (
    select link, min(label) as label
    from pass_{{ number - 1 }}
    group by link
),

record_{{ number }} as (
    select links.record, min(link_{{ number }}.label) as label
    from links
    inner join link_{{ number }} on links.link = link_{{ number }}.link
    group by links.record
),

pass_{{ number }} as (
    select links.record, links.link, record_{{ number }}.label
    from links
    inner join record_{{ number }} on links.record = record_{{ number }}.record
),

{% endfor %}
sizes as (
    select label, count(*) as records
    from record_4
    group by label
)

select
    records.source,
    records.source_id,
    {{ surrogate_key('person', ['record_4.label']) }} as person_key,
    records.email_token,
    cast(case
        when sizes.records = 1 then 'own'
        when records.external_label is not null then 'external_id'
        else 'email'
    end as {{ dbt.type_string() }}) as rule,
    cast(case when sizes.records = 1 or records.external_label is not null then 1.0 else 0.98 end as {{ dbt.type_float() }}) as confidence,
    {{ built_at() }} as _built_at
from records
inner join record_4 on records.label = record_4.record
inner join sizes on record_4.label = sizes.label
