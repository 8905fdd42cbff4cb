{{ config(alias='dim_account') }}
select
    account_key,
    parent_account_key,
    tier,
    segment,
    industry,
    country,
    strategic,
    contract_start_date,
    contract_end_date,
    records
from {{ ref('dim_account') }}
