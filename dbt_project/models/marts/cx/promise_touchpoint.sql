with cells as (
    select cells.grain, cells.period_start, cells.touchpoint, cells.value, cells.ci_low, cells.ci_high, cells.n
    from {{ ref('metric_value') }} as cells
    where cells.metric = 'promise_kept' and cells.grain in ('month', 'quarter') and cells.touchpoint <> 'all'
        and cells.country = 'all' and cells.segment = 'all' and cells.industry = 'all' and cells.strategic = 'all' and cells.channel = 'all' and cells.queue = 'all' and cells.survey = 'all' and cells.stage = 'all' and cells.role = 'all' and cells.reason = 'all' and cells.item = 'all'
),

ranked as (
    select
        cells.*,
        case when n >= 30 then row_number() over (partition by grain, period_start order by case when n >= 30 then value end asc nulls last, touchpoint asc) end as place
    from cells
),

others as (
    select ranked.grain, ranked.period_start, min(ranked.ci_low) as lowest_other
    from ranked
    where ranked.place > 1
    group by ranked.grain, ranked.period_start
)

select
    ranked.grain,
    ranked.period_start,
    ranked.touchpoint,
    touchpoints.title,
    touchpoints.stage,
    touchpoints.owner_area,
    ranked.value,
    ranked.ci_low,
    ranked.ci_high,
    ranked.n,
    cast(round(ranked.n * (1 - ranked.value)) as bigint) as broken,
    coalesce(ranked.place = 1, false) as is_weakest,
    coalesce(ranked.place = 1 and ranked.ci_high < others.lowest_other, false) as is_clearly_weakest
from ranked
left join others on ranked.grain = others.grain and ranked.period_start = others.period_start
left join {{ ref('dim_touchpoint') }} as touchpoints on ranked.touchpoint = touchpoints.touchpoint_key and touchpoints.is_current
