{{ config(enabled='export_salesforce' in var('sources')) }}
-- Every version of an opportunity: the stage it came to and when.
select
    'export_salesforce' as source,
    'opportunity:' || opportunities.id || ':' || cast({{ to_utc('opportunities.fivetran_start') }} as {{ dbt.type_string() }}) as source_id,
    'opportunity_stage' as activity_type,
    opportunities.account_id as account_source_id,
    opportunities.owner_id as owner_source_id,
    opportunities.stage_name as stage,
    cast(opportunities.amount as {{ dbt.type_float() }}) as amount,
    case when opportunities.is_won then 'won' when opportunities.is_closed then 'lost' end as outcome,
    {{ to_utc('opportunities.fivetran_start') }} as happened_at,
    {{ to_utc('opportunities._loaded_at') }} as loaded_at,
    opportunities._is_deleted as is_deleted
from {{ newest(source('export_salesforce', 'opportunity_history'), ['id', 'fivetran_start']) }} as opportunities
