{{ config(alias='dim_party_role') }}
select
    party_role_sk,
    party_type,
    party_key,
    role,
    value_chain_step,
    is_customer,
    place,
    valid_from,
    valid_to,
    is_current
from {{ ref('dim_party_role') }}
