-- Additive parts of every metric by day and dimensions: sums of these rows are valid under any filter. A quantile has one row a bucket of
-- its fixed logarithmic scale.
{% set dimensions = dimension_list() %}
{% for metric in var('metrics') %}
{% set estimator = metric.estimator %}
{% set counted = "(" ~ metric.where ~ ")" %}
select
    '{{ metric.metric }}' as metric,
    cast({{ metric.version }} as bigint) as version,
    {{ metric.day }} as day,
    {{ dimensions }},
    cast(sum(case when {{ counted }} and {{ estimator.get('numerator', 'true') }} then 1 else 0 end) as bigint) as num,
    cast(sum(case when {{ counted }} then 1 else 0 end) as bigint) as den,
    cast(sum(case when {{ metric.get('eligible', 'true') }} then 1 end) as bigint) as eligible,
    {% if estimator.name in ('mean', 'nps_adjusted_wald') %}
    cast(sum(case when {{ counted }} then {{ estimator.measure }} end) as {{ dbt.type_float() }}) as total,
    cast(sum(case when {{ counted }} then {{ estimator.measure }} * {{ estimator.measure }} end) as {{ dbt.type_float() }}) as total_squared,
    {% else %}
    {{ typed_null('float') }} as total,
    {{ typed_null('float') }} as total_squared,
    {% endif %}
    {% if estimator.name == 'nps_adjusted_wald' %}
    cast(sum(case when {{ counted }} and {{ estimator.measure }} >= 9 then 1 else 0 end) as bigint) as promoters,
    cast(sum(case when {{ counted }} and {{ estimator.measure }} <= 6 then 1 else 0 end) as bigint) as detractors,
    {% else %}
    cast(null as bigint) as promoters,
    cast(null as bigint) as detractors,
    {% endif %}
    {% if estimator.name == 'quantile_order' %}
    cast(case when {{ counted }} then floor(20 * ln(1 + {{ estimator.measure }})) end as bigint) as histogram
    {% else %}
    cast(null as bigint) as histogram
    {% endif %}
from {{ ref('int_cases__' ~ metric.cases) }}
where {{ metric.day }} is not null and ({{ metric.population }})
group by {{ metric.day }}, {{ dimensions }}
    {%- if estimator.name == 'quantile_order' %}, case when {{ counted }} then floor(20 * ln(1 + {{ estimator.measure }})) end{% endif %}

union all
{% endfor %}
select
    {% for column in model.columns.values() %}
    {{ typed_null(column.data_type) }} as {{ column.name }}{{ ',' if not loop.last }}
    {% endfor %}
where 1 = 0
