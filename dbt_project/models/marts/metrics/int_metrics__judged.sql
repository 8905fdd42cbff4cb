{{ config(
    materialized='incremental',
    incremental_strategy='sliced',
    on_schema_change='fail',
    meta={'slice': ['grain', 'period_start']},
    pre_hook="{{ recompute([changed_slices('int_metrics__estimates', ['grain', 'period_start']), changed_slices('int_metrics__changes')]) }}"
) }}
-- Every metric on its lattice, by the tile contract, as the data are now. A cell with fewer than k cases is empty in the table itself.
with judged as (
    select
        estimates.*,
        definitions.unit,
        definitions.precision_n,
        definitions.precision_margin,
        definitions.practical_minimum,
        estimates.n < definitions.privacy_k or estimates.refused_reason is not null as is_hidden,
        definitions.privacy_k
    from {{ ref('int_metrics__estimates') }} as estimates
    inner join {{ ref('int_metrics__definitions') }} as definitions on estimates.metric = definitions.metric
    where (estimates.n > 0 or estimates.n_eligible > 0 or estimates.refused_reason is not null)
    {{ only_dirty('estimates', word='and') }}
)

select
    judged.metric,
    judged.version,
    judged.grain,
    judged.period_start,
    {{ dimension_list('judged.') }},
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
