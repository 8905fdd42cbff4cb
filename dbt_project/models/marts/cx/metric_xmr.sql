-- Limits of what a metric does by itself: mean +- 2.66 mean moving range over its periods (XmR chart; Wheeler and Chambers 1992), from 12
-- periods on. The newest period is judged by the limits of those before it and is no part of them: it may still be open.
{% set limits = xmr_limits('value', 'step') %}
with points as (
    select
        estimates.metric,
        estimates.version,
        estimates.grain,
        estimates.period_start,
        estimates.value,
        estimates.value - lag(estimates.value) over (
            partition by estimates.metric, estimates.version, estimates.grain order by estimates.period_start
        ) as step,
        max(estimates.period_start) over (partition by estimates.metric, estimates.version, estimates.grain) as newest
    from {{ ref('int_metrics__estimates') }} as estimates
    inner join {{ ref('int_metrics__definitions') }} as definitions on estimates.metric = definitions.metric
    where estimates.cut = '' and estimates.n >= definitions.privacy_k and estimates.value is not null and estimates.refused_reason is null
),

limits as (
    select
        metric,
        version,
        grain,
        count(*) as points,
        {{ limits.centre }} as centre,
        {{ limits.reach }} as reach
    from points
    where period_start < newest
    group by metric, version, grain
),

placed as (
    select
        points.metric,
        points.version,
        points.grain,
        points.period_start,
        points.value,
        abs(points.step) as moving_range,
        cast(coalesce(limits.points, 0) as bigint) as points,
        case when limits.points >= 12 then limits.centre end as centre_line,
        case when limits.points >= 12 then limits.centre - limits.reach end as lower_limit,
        case when limits.points >= 12 then limits.centre + limits.reach end as upper_limit
    from points
    left join limits
        on points.metric = limits.metric
        and points.version = limits.version
        and points.grain = limits.grain
)

select
    metric,
    version,
    grain,
    period_start,
    value,
    moving_range,
    points,
    centre_line,
    lower_limit,
    upper_limit,
    case
        when centre_line is null then 'cannot tell'
        when value > upper_limit then 'above'
        when value < lower_limit then 'below'
        else 'within'
    end as signal,
    {{ typed_null('string') }} as release_id
from placed
