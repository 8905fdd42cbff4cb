-- The metric definitions in force, from dbt_project/metrics/*.yml.
{% for metric in var('metrics') %}
select
    {% for column in ['metric', 'title', 'question', 'cases', 'model', 'entity', 'unit', 'scale', 'direction', 'owner', 'decision', 'definition', 'over_time', 'from_parts'] %}
    cast({{ quoted(metric[column]) }} as {{ dbt.type_string() }}) as {{ column }},
    {% endfor %}
    cast({{ quoted(metric.day) }} as {{ dbt.type_string() }}) as day_column,
    cast({{ metric.version }} as bigint) as version,
    cast({{ quoted(metric.estimator.name) }} as {{ dbt.type_string() }}) as estimator,
    cast({{ quoted(metric.estimator.get('step', '')) }} as {{ dbt.type_string() }}) as step,
    cast({{ quoted(metric.estimator.get('measure', '')) }} as {{ dbt.type_string() }}) as measure,
    cast({{ metric.estimator.get('quantile', 'null') }} as {{ dbt.type_float() }}) as quantile,
    cast({{ metric.privacy_k }} as bigint) as privacy_k,
    cast({{ metric.precision_n }} as bigint) as precision_n,
    cast({{ metric.get('precision_margin', 'null') }} as {{ dbt.type_float() }}) as precision_margin,
    cast({{ metric.practical_minimum }} as {{ dbt.type_float() }}) as practical_minimum,
    cast({{ metric.frozen_after_days }} as bigint) as frozen_after_days,
    cast({{ var('config').targets.get(metric.metric, 'null') }} as {{ dbt.type_float() }}) as target
{{ 'union all' if not loop.last }}
{% else %}
select
    {% for column in model.columns.values() %}
    {{ typed_null(column.data_type) }} as {{ column.name }}{{ ',' if not loop.last }}
    {% endfor %}
where 1 = 0
{% endfor %}
