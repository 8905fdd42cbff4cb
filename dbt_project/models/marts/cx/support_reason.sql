with counted as (
    select
        days.month_start as month,
        tickets.queue,
        tickets.reason,
        count(*) as tickets,
        sum(case when tickets.reopens > 0 then 1 else 0 end) as reopened
    from {{ ref('fct_ticket') }} as tickets
    inner join {{ ref('dim_date') }} as days on tickets.created_day = days.day
    where tickets.is_valid
    group by days.month_start, tickets.queue, tickets.reason
)

select
    month,
    queue,
    reason,
    cast(tickets as bigint) as tickets,
    cast(reopened as bigint) as reopened,
    cast(tickets as {{ dbt.type_float() }}) / nullif(cast(sum(tickets) over (partition by month) as {{ dbt.type_float() }}), 0) as share
from counted
