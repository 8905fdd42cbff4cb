{{ config(
    materialized='incremental',
    incremental_strategy='sliced',
    on_schema_change='fail',
    meta={'slice': ['grain', 'period_start']},
    pre_hook="{{ recompute([changed_slices('int_metrics__estimates', ['grain', 'period_start']), changed_slices('int_metrics__estimates', ['grain', period_after('grain', 'period_start')])]) }}"
) }}
-- The change against the period before, with its interval and its test. The interval is put together from those of the two periods
-- (for shares that is Newcombe's, for NPS the adjusted Wald); the statistic is the change over the half that faces zero, so that
-- interval and test never disagree. The tests of one grain and period are one family (Benjamini and Hochberg, q = 0.10).
with {% if is_incremental() %}
needed as (
    select grain, period_start
    from ({{ dirty_slices() }}) as dirty
    union
    select grain, {{ period_before('grain', 'period_start') }}
    from ({{ dirty_slices() }}) as dirty
),

{% endif %}
shown as (
    select estimates.*
    from {{ ref('int_metrics__estimates') }} as estimates
    inner join {{ ref('int_metrics__definitions') }} as definitions on estimates.metric = definitions.metric
    where estimates.n >= definitions.privacy_k
    {% if is_incremental() %}
    and (estimates.grain, estimates.period_start) in (select grain, period_start from needed)
    {% endif %}
),

both_periods as (
    select
        now.metric,
        now.grain,
        now.period_start,
        {{ dimension_list('now.') }},
        now.centre - before.centre as change,
        {{ combined_half('now.centre', 'now.low', 'before.centre', 'before.high') }} as below,
        {{ combined_half('now.centre', 'now.high', 'before.centre', 'before.low') }} as above,
        before.n as n_before
    from shown as now
    inner join shown as before
        on now.metric = before.metric
        and now.version = before.version
        and now.grain = before.grain
        and {{ period_before('now.grain', 'now.period_start') }} = before.period_start
        {% for dimension in metric_dimensions() %}
        and now.{{ dimension }} = before.{{ dimension }}
        {% endfor %}
    {{ only_dirty('now') }}
),

tested as (
    select
        *,
        {{ difference_statistic('change', 'below', 'above') }} as statistic
    from both_periods
),

judged as (
    select *, {{ two_sided_p('statistic') }} as p_value
    from tested
),

ordered as (
    select
        *,
        row_number() over (
            partition by grain, period_start
            order by p_value asc nulls last, metric, {{ dimension_list() }}
        ) as p_rank,
        count(p_value) over (partition by grain, period_start) as tests
    from judged
)

select
    metric,
    grain,
    period_start,
    {{ dimension_list() }},
    change,
    change - below as change_low,
    change + above as change_high,
    statistic,
    p_value,
    n_before,
    {{ is_discovery('grain, period_start') }} as is_significant
from ordered
