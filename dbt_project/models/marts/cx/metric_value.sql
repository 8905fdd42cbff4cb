-- What dashboards show: every metric on its lattice, by the tile contract. A cell with fewer than k cases is empty in the table itself.
with judged as (
    select
        estimates.*,
        definitions.unit,
        definitions.target,
        definitions.precision_n,
        definitions.precision_margin,
        definitions.practical_minimum,
        estimates.n < definitions.privacy_k as is_hidden,
        definitions.privacy_k
    from {{ ref('int_metrics__estimates') }} as estimates
    inner join {{ ref('int_metrics__definitions') }} as definitions on estimates.metric = definitions.metric
    where estimates.n > 0 or estimates.n_eligible > 0
)

select
    judged.metric,
    judged.version,
    judged.grain,
    judged.period_start,
    '{{ var("config").time_zone }}' as tz,
    {{ dimension_list('judged.') }},
    'previous_' || judged.grain as compare_to,
    case when not judged.is_hidden then judged.value end as value,
    case when judged.is_hidden or judged.low is null or judged.high is null then null when judged.unit = 'points' then greatest(judged.low, -100) else judged.low end as ci_low,
    case when judged.is_hidden or judged.low is null or judged.high is null then null when judged.unit = 'points' then least(judged.high, 100) else judged.high end as ci_high,
    case judged.estimator
        when 'wilson' then 'Wilson 95 %'
        when 'nps_adjusted_wald' then 'adjusted Wald 95 %'
        when 'mean' then 'normal 95 %'
        when 'count' then 'Poisson 95 %'
        else 'order statistics 95 %'
    end as ci_method,
    case when not judged.is_hidden then judged.n end as n,
    case when not judged.is_hidden then judged.n_eligible end as n_eligible,
    case when not judged.is_hidden then cast(judged.n as {{ dbt.type_float() }}) / nullif(judged.n_eligible, 0) end as coverage_rate,
    judged.target,
    case when not judged.is_hidden then changes.change end as change,
    case when not judged.is_hidden and changes.change_low is not null and changes.change_high is not null then changes.change_low end as change_ci_low,
    case when not judged.is_hidden and changes.change_low is not null and changes.change_high is not null then changes.change_high end as change_ci_high,
    case
        when judged.is_hidden or changes.statistic is null then 'cannot tell'
        when judged.n < judged.precision_n or changes.n_before < judged.precision_n then 'cannot tell'
        when not changes.is_significant or abs(changes.change) < judged.practical_minimum then 'no clear change'
        when changes.change > 0 then 'up'
        else 'down'
    end as change_label,
    judged.n < judged.precision_n or coalesce((judged.high - judged.low) / 2 > judged.precision_margin, false) as low_precision,
    case when judged.is_hidden then 'fewer than ' || cast(judged.privacy_k as {{ dbt.type_string() }}) end as suppressed_reason,
    false as restated,
    cast(null as {{ dbt.type_string() }}) as release_id
from judged
left join {{ ref('int_metrics__changes') }} as changes
    on judged.metric = changes.metric
    and judged.grain = changes.grain
    and judged.period_start = changes.period_start
    {% for dimension in metric_dimensions() %}
    and judged.{{ dimension }} = changes.{{ dimension }}
    {% endfor %}
