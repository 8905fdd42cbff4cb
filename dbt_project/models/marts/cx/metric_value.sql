{{ config(
    materialized='incremental',
    incremental_strategy='sliced',
    on_schema_change='fail',
    meta={'slice': ['grain', 'period_start']},
    pre_hook="{{ recompute([changed_slices('int_metrics__judged'), otherwise_shown()]) }}"
) }}
-- depends_on: {{ ref('int_metrics__judged') }}, {{ ref('int_metrics__unanswered') }}, {{ ref('gov_target') }}
-- What dashboards show: every metric on its lattice, by the tile contract. If the number of a frozen period changes, the present one is shown and
-- marked as restated. A label stands as long as its change does, whatever else was tested beside it.
with restated as (
    select distinct metric, version, grain, period_start, {{ dimension_list() }}
    from {{ ref('metric_restatement') }}
)

select
    present.metric,
    present.version,
    present.grain,
    present.period_start,
    present.tz,
    {{ dimension_list('present.') }},
    present.compare_to,
    present.value,
    present.ci_low,
    present.ci_high,
    present.ci_method,
    present.n,
    present.n_eligible,
    present.coverage_rate,
    present.target,
    present.change,
    present.change_ci_low,
    present.change_ci_high,
    case
        when restated.metric is null and {{ same_number('frozen.change', 'present.change') }} then coalesce(frozen.change_label, present.change_label)
        else present.change_label
    end as change_label,
    present.low_precision,
    present.suppressed_reason,
    restated.metric is not null as restated,
    {{ typed_null('string') }} as release_id
from {{ ref('int_metrics__shown') }} as present
left join {{ source('ops', 'metric_frozen') }} as frozen on {{ same_cell('present', 'frozen') }}
left join restated on {{ same_cell('present', 'restated') }}
{{ only_dirty('present') }}
