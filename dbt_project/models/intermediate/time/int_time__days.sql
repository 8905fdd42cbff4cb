{{ config(indexes=[{'columns': ['day'], 'unique': True}]) }}
select
    cast(spine.date_day as date) as day,
    cast({{ dbt.date_trunc('week', 'spine.date_day') }} as date) as week_start,
    cast({{ dbt.date_trunc('month', 'spine.date_day') }} as date) as month_start,
    cast({{ dbt.date_trunc('quarter', 'spine.date_day') }} as date) as quarter_start
from (
    {{ dbt.date_spine(
        'day',
        "cast('" ~ var('config').calendar_start ~ "' as date)",
        "cast('" ~ (run_started_at.year + 2) ~ "-01-01' as date)"
    ) }}
) as spine
