{{ config(alias='fct_identity_pair') }}
select
    identity_pair_key,
    source,
    systems,
    is_same,
    is_joined,
    rule,
    reviewed_day
from {{ ref('fct_identity_pair') }}
