{{ config(alias='dim_account') }}
select
    account_sk,
    account_key,
    parent_account_key,
    tier,
    segment,
    industry,
    country,
    strategic,
    contract_start_date,
    contract_end_date,
    strategic_rule_version,
    valid_from,
    valid_to,
    is_current,
    records
from {{ ref('dim_account') }}
