-- The last day of each month.
select
    month_start as month,
    max(day) as month_day
from {{ ref('int_time__days') }}
group by month_start
