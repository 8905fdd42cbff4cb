-- The cuts at which each metric is valued: by which dimensions a cell is cut; the others read 'all'.
{% set dimensions = metric_dimensions() %}
{% for metric in var('metrics') %}
{% for cut in metric.lattice %}
select
    '{{ metric.metric }}' as metric,
    {% for dimension in dimensions %}
    {{ 'true' if dimension in cut else 'false' }} as by_{{ dimension }}{{ ',' if not loop.last }}
    {% endfor %}
union all
{% endfor %}
{% endfor %}
select
    '' as metric,
    {% for dimension in dimensions %}
    false as by_{{ dimension }}{{ ',' if not loop.last }}
    {% endfor %}
where 1 = 0
