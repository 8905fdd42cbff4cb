{% set shift = 13 - var('config').fiscal_year_start_month %}
with days as (
    select days.*, cast(mod(cast(extract(month from days.day) as bigint) + {{ shift }} - 1, 12) + 1 as bigint) as fiscal_month
    from {{ ref('int_time__days') }} as days
),

home as (
    select day, max(holiday_name) as holiday_name
    from {{ ref('dim_holiday') }}
    where country = '{{ var("config").home_country or "none" }}'
    group by day
)

select
    days.day,
    cast(extract(year from days.day) * 10000 + extract(month from days.day) * 100 + extract(day from days.day) as bigint) as date_key,
    days.week_start,
    days.month_start,
    days.quarter_start,
    cast(extract(year from {{ dbt.dateadd('month', '(13 - ' ~ var('config').fiscal_year_start_month ~ ') % 12', 'days.day') }}) as bigint) as fiscal_year,
    cast(floor((days.fiscal_month - 1) / 3) + 1 as bigint) as fiscal_quarter,
    days.fiscal_month,
    cast(extract(isodow from days.day) as bigint) as iso_weekday,
    extract(isodow from days.day) >= 6 as is_weekend,
    home.day is not null as is_home_holiday,
    home.holiday_name
from days
left join home on days.day = home.day
