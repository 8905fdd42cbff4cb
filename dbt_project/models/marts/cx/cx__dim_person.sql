{{ config(alias='dim_person') }}
select
    person_sk,
    person_key,
    account_key,
    country,
    language,
    time_zone,
    valid_from,
    valid_to,
    is_current,
    records,
    first_known_at
from {{ ref('dim_person') }}
