{{ config(alias='dim_date') }}
select
    day,
    week_start,
    month_start,
    quarter_start,
    fiscal_year,
    iso_weekday
from {{ ref('dim_date') }}
