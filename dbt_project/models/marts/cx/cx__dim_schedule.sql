{{ config(alias='dim_schedule') }}
select
    schedule_sk,
    schedule_key,
    time_zone,
    kind,
    week_day,
    week_minute_start,
    week_minute_end,
    closed_on
from {{ ref('dim_schedule') }}
