{{ config(enabled='export_hubspot' in var('sources')) }}
select
    deals.deal_id,
    deals.owner_id,
    deals.property_amount
from {{ newest(source('export_hubspot', 'deals'), ['deal_id']) }} as deals
