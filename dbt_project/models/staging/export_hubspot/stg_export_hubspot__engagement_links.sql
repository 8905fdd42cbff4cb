{{ config(enabled='export_hubspot' in var('sources')) }}
-- An engagement may be with several; the lowest id is taken, so that a second run gives the same.
select
    links.engagement_id,
    min(links.contact_id) as person_source_id,
    min(links.company_id) as account_source_id
from (
    select engagement_id, contact_id, cast(null as {{ dbt.type_string() }}) as company_id
    from {{ newest(source('export_hubspot', 'engagement_contacts'), ['engagement_id', 'contact_id', 'type_id']) }} as contacts
    union all
    select engagement_id, null as contact_id, company_id
    from {{ newest(source('export_hubspot', 'engagement_companies'), ['engagement_id', 'company_id', 'type_id']) }} as companies
) as links
group by links.engagement_id
