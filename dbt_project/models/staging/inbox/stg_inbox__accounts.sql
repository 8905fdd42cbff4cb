{{ config(enabled='inbox_crm' in var('sources')) }}
select
    'inbox' as source,
    id as source_id,
    name_token,
    parent_id as parent_source_id,
    tier,
    segment,
    industry,
    country,
    is_strategic,
    contract_start_date,
    contract_end_date,
    annual_revenue,
    currency,
    external_source,
    external_id,
    {{ to_utc('created_at') }} as created_at,
    {{ to_utc('updated_at') }} as updated_at,
    {{ to_utc('_loaded_at') }} as loaded_at,
    _is_deleted as is_deleted,
    {{ to_utc('version_at') }} as version_at,
    is_newest
from {{ versions(source('inbox_crm', 'accounts')) }} as accounts
