{{ config(indexes=[{'columns': ['email_token'], 'unique': True}]) }}
-- The person behind an e-mail token, where exactly one person has it: for answers and visits that name nobody else.
select
    email_token,
    min(person_key) as person_key
from {{ ref('int_identity__person_keys') }}
where email_token is not null
group by email_token
having count(distinct person_key) = 1
