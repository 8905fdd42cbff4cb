{{ config(alias='dim_date') }}
select
    day,
    date_key,
    week_start,
    month_start,
    quarter_start,
    fiscal_year,
    fiscal_quarter,
    fiscal_month,
    iso_weekday,
    is_weekend,
    is_home_holiday,
    holiday_name
from {{ ref('dim_date') }}
