with days as (
    select dates.day
    from {{ ref('dim_date') }} as dates
    inner join (select min(happened_day) as first_day, max(happened_day) as last_day from {{ ref('fct_interaction') }}) as seen
        on dates.day between seen.first_day and seen.last_day
),

judged as (
    select
        points.touchpoint_key,
        days.day,
        max(points.stage) as stage,
        max(case when points.feeling is not null then 1 else 0 end) = 1 as has_feeling,
        max(case when points.owner is not null then 1 else 0 end) = 1 as has_owner,
        max(case when points.metric is not null then 1 else 0 end) = 1 as has_metric,
        max(case when points.feedback is not null then 1 else 0 end) = 1 as has_feedback,
        count(promises.promise_sk) > 0 as has_promise
    from days
    inner join {{ ref('dim_touchpoint') }} as points
        on points.touchpoint_key <> 'unmapped' and cast(days.day as timestamp) >= points.valid_from and cast(days.day as timestamp) < points.valid_to
    left join {{ ref('dim_promise') }} as promises
        on points.touchpoint_key = promises.touchpoint_key
        and cast(days.day as timestamp) >= promises.valid_from and cast(days.day as timestamp) < promises.valid_to
    group by points.touchpoint_key, days.day
)

select
    touchpoint_key || ':' || cast(day as {{ dbt.type_string() }}) as touchpoint_day_key,
    day,
    {{ all_of(['country', 'segment', 'industry', 'strategic', 'channel', 'queue', 'survey']) }},
    touchpoint_key as touchpoint,
    stage,
    {{ all_of(['role', 'reason', 'item']) }},
    has_feeling,
    has_owner,
    has_metric,
    has_feedback,
    has_promise,
    has_feeling and has_owner and has_metric and has_feedback and has_promise as is_architected
from judged
