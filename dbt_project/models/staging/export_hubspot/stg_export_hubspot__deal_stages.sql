{{ config(enabled='export_hubspot' in var('sources')) }}
select
    'export_hubspot' as source,
    'deal:' || stages.deal_id || ':' || cast({{ to_utc('stages.fivetran_start') }} as {{ dbt.type_string() }}) as source_id,
    'opportunity_stage' as activity_type,
    deals.owner_id as owner_source_id,
    stages.value as stage,
    cast(deals.property_amount as {{ dbt.type_float() }}) as amount,
    {{ to_utc('stages.date_entered') }} as happened_at,
    {{ to_utc('stages._loaded_at') }} as loaded_at,
    stages._is_deleted as is_deleted
from {{ newest(source('export_hubspot', 'deal_stages'), ['deal_id', 'fivetran_start']) }} as stages
left join {{ ref('stg_export_hubspot__deals') }} as deals on stages.deal_id = deals.deal_id
