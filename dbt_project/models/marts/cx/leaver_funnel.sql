{% set share = wilson('done', 'judged') %}
with steps as (
    select days.quarter_start as quarter, steps.item, steps.reason, steps.state
    from {{ ref('fct_leaver_step') }} as steps
    inner join {{ ref('dim_date') }} as days on steps.notice_day = days.day
),

counted as (
    select
        quarter,
        item,
        case when grouping(reason) = 1 then 'all' else reason end as reason,
        count(*) as leavers,
        sum(case when state = 'done' then 1 else 0 end) as done,
        sum(case when state = 'late' then 1 else 0 end) as late,
        sum(case when state = 'missed' then 1 else 0 end) as missed,
        sum(case when state = 'open' then 1 else 0 end) as still_open,
        sum(case when state = 'open' then 0 else 1 end) as judged
    from steps
    group by grouping sets ((quarter, item), (quarter, item, reason))
)

select
    quarter,
    reason,
    item,
    cast(case item
        when 'cancellation confirmed' then 1
        when 'export delivered' then 2
        when 'final invoice right' then 3
        when 'data deleted' then 4
        else 5
    end as bigint) as step_number,
    cast(leavers as bigint) as leavers,
    cast(done as bigint) as done,
    cast(late as bigint) as late,
    cast(missed as bigint) as missed,
    cast(still_open as bigint) as still_open,
    cast(done as {{ dbt.type_float() }}) / nullif(judged, 0) as done_share,
    case when judged > 0 then cast({{ share.low }} as {{ dbt.type_float() }}) end as done_low,
    case when judged > 0 then cast({{ share.high }} as {{ dbt.type_float() }}) end as done_high
from counted
