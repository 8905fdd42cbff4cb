-- Strategic customers against the rest, on every metric that is valued for both: the difference with the interval put together from the two
-- (for shares Newcombe's), its test read off that interval, and one family of tests a grain and period (Benjamini and Hochberg, q = 0.10).
with shown as (
    select
        estimates.*,
        definitions.precision_n,
        definitions.practical_minimum
    from {{ ref('int_metrics__estimates') }} as estimates
    inner join {{ ref('int_metrics__definitions') }} as definitions on estimates.metric = definitions.metric
    where estimates.cut = 'strategic' and estimates.n >= definitions.privacy_k and estimates.refused_reason is null
),

pairs as (
    select
        ours.metric,
        ours.version,
        ours.grain,
        ours.period_start,
        ours.value as left_value,
        rest.value as right_value,
        ours.n as left_n,
        rest.n as right_n,
        ours.precision_n,
        ours.practical_minimum,
        ours.centre - rest.centre as difference,
        {{ combined_half('ours.centre', 'ours.low', 'rest.centre', 'rest.high') }} as below,
        {{ combined_half('ours.centre', 'ours.high', 'rest.centre', 'rest.low') }} as above
    from shown as ours
    inner join shown as rest
        on ours.metric = rest.metric
        and ours.version = rest.version
        and ours.grain = rest.grain
        and ours.period_start = rest.period_start
    where ours.strategic = 'yes' and rest.strategic = 'no'
),

tested as (
    select *, {{ difference_statistic('difference', 'below', 'above') }} as statistic
    from pairs
),

judged as (
    select *, {{ two_sided_p('statistic') }} as p_value
    from tested
),

ordered as (
    select
        *,
        row_number() over (partition by grain, period_start order by p_value asc nulls last, metric) as p_rank,
        count(p_value) over (partition by grain, period_start) as tests
    from judged
),

labelled as (
    select
        *,
        {{ is_discovery('grain, period_start') }} as is_clear
    from ordered
)

select
    metric,
    version,
    grain,
    period_start,
    'strategic' as dimension,
    'yes' as left_member,
    'no' as right_member,
    left_value,
    right_value,
    difference,
    case when below is not null and above is not null then difference - below end as ci_low,
    case when below is not null and above is not null then difference + above end as ci_high,
    case
        when statistic is null or left_n < precision_n or right_n < precision_n then 'cannot tell'
        when not is_clear or abs(difference) < practical_minimum then 'no clear difference'
        when difference > 0 then 'higher'
        else 'lower'
    end as label,
    left_n,
    right_n,
    {{ typed_null('string') }} as release_id
from labelled
