-- Every metric on its lattice, by the tile contract, as the data are now. A cell with fewer than k cases is empty in the table itself.
with judged as (
    select
        estimates.*,
        definitions.unit,
        targets.target,
        definitions.precision_n,
        definitions.precision_margin,
        definitions.practical_minimum,
        estimates.n < definitions.privacy_k or estimates.refused_reason is not null as is_hidden,
        definitions.privacy_k
    from {{ ref('int_metrics__estimates') }} as estimates
    inner join {{ ref('int_metrics__definitions') }} as definitions on estimates.metric = definitions.metric
    left join {{ ref('gov_target') }} as targets
        on estimates.metric = targets.metric
        and cast(estimates.period_start as timestamp) >= targets.valid_from and cast(estimates.period_start as timestamp) < targets.valid_to
    where estimates.n > 0 or estimates.n_eligible > 0 or estimates.refused_reason is not null
),

-- A metric without any case is neither zero nor left out: it says which system is missing (another domain's may answer), or that nothing
-- of its kind has happened yet.
unanswered as (
    select
        definitions.*,
        periods.grain,
        periods.period_start,
        case when coverage.is_connected then 'no cases yet' else 'source not connected: ' || coverage.domain end as reason
    from {{ ref('int_metrics__definitions') }} as definitions
    inner join {{ ref('source_coverage') }} as coverage
        on definitions.entity = coverage.entity
    inner join ({{ day_periods() }}) as periods
        on periods.day = {{ business_day(to_utc('current_timestamp')) }}
    left join (select distinct metric from judged) as answered on definitions.metric = answered.metric
    where answered.metric is null
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
    case
        when judged.ci_method is not null then judged.ci_method
        {% for estimator, words in interval_methods().items() %}
        when judged.estimator = '{{ estimator }}' then '{{ words }}'
        {% endfor %}
    end{{ " || case when judged.estimator in ('km', 'km_share') and judged.value is null then ', not reached' else '' end" }} as ci_method,
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
    coalesce(judged.n < judged.precision_n, false) or coalesce((judged.high - judged.low) / 2 > judged.precision_margin, false) as low_precision,
    case
        when judged.refused_reason is not null then judged.refused_reason
        when judged.is_hidden then 'fewer than ' || cast(judged.privacy_k as {{ dbt.type_string() }})
    end as suppressed_reason
from judged
left join {{ ref('int_metrics__changes') }} as changes
    on judged.metric = changes.metric
    and judged.grain = changes.grain
    and judged.period_start = changes.period_start
    {% for dimension in metric_dimensions() %}
    and judged.{{ dimension }} = changes.{{ dimension }}
    {% endfor %}
union all
select
    metric,
    version,
    grain,
    period_start,
    '{{ var("config").time_zone }}' as tz,
    {% for dimension in metric_dimensions() %}
    'all' as {{ dimension }},
    {% endfor %}
    'previous_' || grain as compare_to,
    {% for column in ['value', 'ci_low', 'ci_high'] %}
    {{ typed_null('float') }} as {{ column }},
    {% endfor %}
    {{ typed_null('string') }} as ci_method,
    cast(null as bigint) as n,
    cast(null as bigint) as n_eligible,
    {{ typed_null('float') }} as coverage_rate,
    target,
    {% for column in ['change', 'change_ci_low', 'change_ci_high'] %}
    {{ typed_null('float') }} as {{ column }},
    {% endfor %}
    'cannot tell' as change_label,
    false as low_precision,
    reason as suppressed_reason
from unanswered
