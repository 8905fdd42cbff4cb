{{ config(
    materialized='incremental',
    incremental_strategy='sliced',
    on_schema_change='fail',
    meta={'slice': ['metric', 'grain', 'period_start']},
    pre_hook="{{ recompute([changed_slices('int_metrics__part_cells'), changed_slices('int_metrics__cluster_effects'), changed_slices('int_metrics__quantile_cells'), changed_slices('int_metrics__km_cells'), changed('int_metrics__computed_periods', ['metric', 'grain', 'cast(period_start as date)'], everything='')]) }}"
) }}
-- depends_on: {{ ref('int_metrics__computed_periods') }}
-- Value and 95 % interval of every cell, before anything is hidden. Nobody but the build reads this relation.
{% set parts = {
    'wilson': wilson('num', 'den'),
    'nps_adjusted_wald': nps_adjusted_wald('promoters', 'detractors', 'den'),
    'mean': mean('total', 'total_squared', 'den', 'n'),
    'ratio': ratio('total', 'total_squared', 'base', 'base_squared', 'cross_product', 'n'),
    'count': count_poisson('num'),
} %}
with cells as (
    select
        cells.*,
        -- cases that tell as much as as many independent ones: fewer where weights differ (Kish) or accounts have several
        cast(case
            when cells.weight is not null then {{ kish('cells.weight', 'cells.weight_squared') }}
            else cells.den / coalesce(effects.design_effect, 1)
        end as {{ dbt.type_float() }}) as effective
    from {{ ref('int_metrics__part_cells') }} as cells
    left join {{ ref('int_metrics__cluster_effects') }} as effects
        on cells.metric = effects.metric
        and cells.grain = effects.grain
        and cells.period_start = effects.period_start
        and cells.cut = effects.cut
        {% for dimension in metric_dimensions() %}
        and cells.{{ dimension }} = effects.{{ dimension }}
        {% endfor %}
    {{ only_dirty('cells') }}
),

weighted as (
    select
        metric,
        version,
        estimator,
        cut,
        grain,
        period_start,
        {{ dimension_list() }},
        den as n,
        eligible,
        coalesce(weight, den) as weight,
        coalesce(effective / nullif(coalesce(weight, den), 0), 1) as shrink,
        case when weight is not null and estimator = 'wilson' then weighted_total else num end as num,
        case when weight is not null then (weighted_squares + weighted_total) / 2 else promoters end as promoters,
        case when weight is not null then (weighted_squares - weighted_total) / 2 else detractors end as detractors,
        coalesce(weighted_total, total) as total,
        coalesce(weighted_squares, total_squared) as total_squared,
        base,
        base_squared,
        cross_product
    from cells
),

-- all parts as of so many independent cases
effective as (
    select
        metric,
        version,
        estimator,
        cut,
        grain,
        period_start,
        {{ dimension_list() }},
        n,
        eligible,
        weight * shrink as den,
        {% for part in ['num', 'promoters', 'detractors', 'total', 'total_squared', 'base', 'base_squared', 'cross_product'] %}
        {{ part }} * shrink as {{ part }}{{ ',' if not loop.last }}
        {% endfor %}
    from weighted
)

select
    metric,
    version,
    estimator,
    cut,
    grain,
    period_start,
    {{ dimension_list() }},
    {% for part in ['value', 'centre', 'low', 'high'] %}
    cast(case estimator
        {% for name, sums in parts.items() %}
        when '{{ name }}' then {{ sums[part] }}
        {% endfor %}
    end as {{ dbt.type_float() }}) as {{ part }},
    {% endfor %}
    n,
    eligible as n_eligible,
    {{ typed_null('string') }} as ci_method,
    {{ typed_null('string') }} as refused_reason
from effective
union all
select
    metric,
    version,
    'quantile_order' as estimator,
    cut,
    grain,
    period_start,
    {{ dimension_list() }},
    value,
    value as centre,
    low,
    high,
    n,
    eligible as n_eligible,
    {{ typed_null('string') }} as ci_method,
    {{ typed_null('string') }} as refused_reason
from {{ ref('int_metrics__quantile_cells') }} as cells
{{ only_dirty('cells') }}
union all
select
    metric,
    version,
    estimator,
    cut,
    grain,
    period_start,
    {{ dimension_list() }},
    value,
    value as centre,
    low,
    high,
    n,
    eligible as n_eligible,
    {{ typed_null('string') }} as ci_method,
    {{ typed_null('string') }} as refused_reason
from {{ ref('int_metrics__km_cells') }} as cells
{{ only_dirty('cells') }}
union all
select
    estimates.metric,
    definitions.version,
    definitions.estimator,
    {{ cut_of('estimates.') }} as cut,
    estimates.grain,
    estimates.period_start,
    {{ dimension_list('estimates.') }},
    estimates.value,
    coalesce(estimates.centre, estimates.value) as centre,
    estimates.low,
    estimates.high,
    estimates.n,
    estimates.n_eligible,
    estimates.ci_method,
    estimates.refused_reason
from {{ source('analysis', 'metric_estimate') }} as estimates
inner join {{ ref('int_metrics__definitions') }} as definitions
    on estimates.metric = definitions.metric and estimates.step = definitions.step
{{ only_dirty('estimates') }}
