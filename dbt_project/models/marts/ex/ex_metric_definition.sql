{% for metric in var('ex_metrics') %}
select
    {% for column in ['metric', 'title', 'question', 'population', 'item', 'unit', 'scale', 'direction', 'owner', 'decision', 'definition'] %}
    cast({{ quoted(metric[column]) }} as {{ dbt.type_string() }}) as {{ column }},
    {% endfor %}
    cast({{ metric.version }} as bigint) as version,
    cast({{ quoted(metric.estimator.name) }} as {{ dbt.type_string() }}) as estimator,
    cast({{ metric.estimator.get('factor', 1) }} as {{ dbt.type_float() }}) as factor,
    cast({{ metric.precision_n }} as bigint) as precision_n,
    cast({{ metric.practical_minimum }} as {{ dbt.type_float() }}) as practical_minimum
{{ 'union all' if not loop.last }}
{% else %}
select
    {% for column in model.columns.values() %}
    {{ typed_null(column.data_type) }} as {{ column.name }}{{ ',' if not loop.last }}
    {% endfor %}
where 1 = 0
{% endfor %}
