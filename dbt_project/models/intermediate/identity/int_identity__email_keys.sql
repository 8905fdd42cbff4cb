{{ config(
    materialized='incremental',
    incremental_strategy='tracked',
    unique_key=['email_token'],
    on_schema_change='fail',
    indexes=[{'columns': ['email_token'], 'unique': True}, {'columns': ['_built_at'], 'type': 'brin'}]
) }}
-- The person behind an e-mail token, where exactly one person has it: for answers and visits that name nobody else.
select
    email_token,
    min(person_key) as person_key,
    {{ built_at() }} as _built_at
from {{ ref('int_identity__person_keys') }}
where email_token is not null
group by email_token
having count(distinct person_key) = 1
