-- When customers turn to the organisation, by the hour of their own week, and when somebody is there for them. Merged, deleted and internal
-- tickets and spam are left out. The availability match is the sum over hours of share x covered.
with arrivals as (
    select
        days.quarter_start as quarter,
        tickets.local_hour_of_week,
        count(*) as arrivals,
        sum(case when tickets.is_covered then 1 else 0 end) as covered_arrivals,
        {% for part, condition in [('covered', 'tickets.is_covered'), ('uncovered', 'not tickets.is_covered')] %}
        percentile_cont(0.5) within group (order by case when {{ condition }} then tickets.first_reply_calendar_minutes end) as {{ part }}_wait_minutes,
        {% endfor %}
        sum(case when tickets.first_reply_at is null and tickets.is_open then 1 else 0 end) as waiting
    from {{ ref('fct_ticket') }} as tickets
    inner join {{ ref('dim_date') }} as days on tickets.created_day = days.day
    where tickets.is_valid and tickets.local_hour_of_week is not null
    group by days.quarter_start, tickets.local_hour_of_week
)

select
    quarter,
    local_hour_of_week,
    cast(arrivals as bigint) as arrivals,
    cast(arrivals as {{ dbt.type_float() }}) / sum(cast(arrivals as {{ dbt.type_float() }})) over (partition by quarter) as share,
    cast(covered_arrivals as {{ dbt.type_float() }}) / cast(arrivals as {{ dbt.type_float() }}) as covered,
    cast(covered_wait_minutes as {{ dbt.type_float() }}) as covered_wait_minutes,
    cast(uncovered_wait_minutes as {{ dbt.type_float() }}) as uncovered_wait_minutes,
    cast(waiting as bigint) as waiting
from arrivals
