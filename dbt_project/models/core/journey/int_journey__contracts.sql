{{ config(schema='intermediate') }}
select account_key, min(contract_start_date) as first_contract_on
from {{ ref('dim_account') }}
group by account_key
