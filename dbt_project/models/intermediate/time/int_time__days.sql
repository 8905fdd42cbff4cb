with spine as (
    {{ dbt.date_spine(
        'day',
        "cast('" ~ var('config').calendar_start ~ "' as date)",
        "cast('" ~ (run_started_at.year + 2) ~ "-01-01' as date)"
    ) }}
)

select
    cast(date_day as date) as day,
    cast({{ dbt.date_trunc('week', 'date_day') }} as date) as week_start,
    cast({{ dbt.date_trunc('month', 'date_day') }} as date) as month_start,
    cast({{ dbt.date_trunc('quarter', 'date_day') }} as date) as quarter_start
from spine
