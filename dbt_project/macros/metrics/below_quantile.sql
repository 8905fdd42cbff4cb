{#-
    A select of the cases of a clustered quantile that lie below it, by cluster in each cell: whether one does is the residual of the quantile
    (R. S. Woodruff, Confidence Intervals for Medians and Other Position Measures, 1952). Reads the query's `periods` and `valued`.
-#}
{% macro below_quantile(metric) -%}
select
    valued.cut,
    valued.grain,
    valued.period_start,
    {{ dimension_list('valued.') }},
    cases.{{ metric.estimator.cluster }} is null as is_single,
    count(*) as cases,
    count(case when cases.{{ metric.estimator.measure }} <= valued.value then 1 end) as below
from {{ ref('int_cases__' ~ metric.cases) }} as cases
inner join {{ counted_periods([metric]) }} as periods on cases.{{ metric.day }} = periods.day
inner join valued
    on valued.metric = '{{ metric.metric }}'
    and periods.grain = valued.grain
    and periods.period_start = valued.period_start
    {% for dimension in dimensions_cut_by([metric]) %}
    and valued.{{ dimension }} = (case when '+' || valued.cut || '+' like '%+{{ dimension }}+%' then cases.{{ dimension }} else 'all' end)
    {% endfor %}
where {{ counts(metric) }}
group by valued.cut, valued.grain, valued.period_start, {{ dimension_list('valued.') }}, cases.{{ metric.estimator.cluster }}
{%- endmacro %}
