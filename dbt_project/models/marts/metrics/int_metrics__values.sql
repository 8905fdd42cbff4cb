{{ config(materialized='view') }}
-- Every metric on its lattice, by the tile contract, as the data are now: what cases say, with the target that was in force then, and what is
-- to be said of metrics without any case.
select
    judged.metric,
    judged.version,
    judged.grain,
    judged.period_start,
    '{{ var("config").time_zone }}' as tz,
    {{ dimension_list('judged.') }},
    'previous_' || judged.grain as compare_to,
    judged.value,
    judged.ci_low,
    judged.ci_high,
    judged.ci_method,
    judged.n,
    judged.n_eligible,
    judged.coverage_rate,
    targets.target,
    judged.change,
    judged.change_ci_low,
    judged.change_ci_high,
    judged.change_label,
    judged.low_precision,
    judged.suppressed_reason
from {{ ref('int_metrics__judged') }} as judged
left join {{ ref('gov_target') }} as targets
    on judged.metric = targets.metric
    and cast(judged.period_start as timestamp) >= targets.valid_from and cast(judged.period_start as timestamp) < targets.valid_to
union all
select
    unanswered.metric,
    unanswered.version,
    unanswered.grain,
    unanswered.period_start,
    '{{ var("config").time_zone }}' as tz,
    {{ all_of(metric_dimensions()) }},
    'previous_' || unanswered.grain as compare_to,
    {% for column in ['value', 'ci_low', 'ci_high'] %}
    {{ typed_null('float') }} as {{ column }},
    {% endfor %}
    {{ typed_null('string') }} as ci_method,
    cast(null as bigint) as n,
    cast(null as bigint) as n_eligible,
    {{ typed_null('float') }} as coverage_rate,
    definitions.target,
    {% for column in ['change', 'change_ci_low', 'change_ci_high'] %}
    {{ typed_null('float') }} as {{ column }},
    {% endfor %}
    'cannot tell' as change_label,
    false as low_precision,
    unanswered.reason as suppressed_reason
from {{ ref('int_metrics__unanswered') }} as unanswered
inner join {{ ref('int_metrics__definitions') }} as definitions on unanswered.metric = definitions.metric
