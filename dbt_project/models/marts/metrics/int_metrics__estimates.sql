-- Value and 95 % interval of every cell, before anything is hidden. Nobody but the build reads this relation.
{% set cells = {
    'wilson': wilson('num', 'den'),
    'nps_adjusted_wald': nps_adjusted_wald('promoters', 'detractors', 'den'),
    'mean': mean('total', 'total_squared', 'den'),
    'count': count_poisson('num'),
} %}
select
    metric,
    version,
    estimator,
    grain,
    period_start,
    {{ dimension_list() }},
    {% for part in ['value', 'centre', 'low', 'high'] %}
    cast(case estimator
        {% for name, parts in cells.items() %}
        when '{{ name }}' then {{ parts[part] }}
        {% endfor %}
    end as {{ dbt.type_float() }}) as {{ part }},
    {% endfor %}
    den as n,
    eligible as n_eligible
from {{ ref('int_metrics__part_cells') }}
union all
select
    metric,
    version,
    'quantile_order' as estimator,
    grain,
    period_start,
    {{ dimension_list() }},
    value,
    value as centre,
    low,
    high,
    n,
    eligible as n_eligible
from {{ ref('int_metrics__quantile_cells') }}
