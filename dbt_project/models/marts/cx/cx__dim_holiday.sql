{{ config(alias='dim_holiday') }}
select
    country,
    day,
    holiday_name
from {{ ref('dim_holiday') }}
