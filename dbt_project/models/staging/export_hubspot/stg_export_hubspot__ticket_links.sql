{{ config(enabled='export_hubspot' in var('sources')) }}
-- A ticket may be of several; the lowest id is taken, so that a second run gives the same.
select
    links.ticket_id,
    min(links.contact_id) as person_source_id,
    min(links.company_id) as account_source_id
from (
    select ticket_id, contact_id, cast(null as {{ dbt.type_string() }}) as company_id
    from {{ newest(source('export_hubspot', 'ticket_contacts'), ['ticket_id', 'contact_id']) }} as contacts
    union all
    select ticket_id, null as contact_id, company_id
    from {{ newest(source('export_hubspot', 'ticket_companies'), ['ticket_id', 'company_id']) }} as companies
) as links
group by links.ticket_id
