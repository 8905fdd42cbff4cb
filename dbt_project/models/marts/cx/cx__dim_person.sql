{{ config(alias='dim_person') }}
select
    person_key,
    account_key,
    country,
    language,
    time_zone,
    records,
    first_known_at
from {{ ref('dim_person') }}
