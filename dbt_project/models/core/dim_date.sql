select
    day,
    week_start,
    month_start,
    quarter_start,
    cast(extract(year from {{ dbt.dateadd('month', '(13 - ' ~ var('config').fiscal_year_start_month ~ ') % 12', 'day') }}) as bigint) as fiscal_year,
    cast(extract(isodow from day) as bigint) as iso_weekday
from {{ ref('int_time__days') }}
