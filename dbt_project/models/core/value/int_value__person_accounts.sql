-- The account of each person, as now known.
select person_key, account_key
from {{ ref('dim_person') }}
where account_key is not null and is_current
