{#- The metrics in force whose estimator is one of `estimators` (all, with none named), in order of name. -#}
{% macro metrics_by(estimators=none) -%}
    {%- set found = [] -%}
    {%- for metric in var('metrics') if estimators is none or metric.estimator.name in estimators -%}
        {%- set _ = found.append(metric) -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}

{#- Metrics in groups that share `keys` (of the metric, or of its estimator): each group is counted in one pass over its cases. -#}
{% macro metric_groups(metrics, keys) -%}
    {%- set groups = {} -%}
    {%- for metric in metrics -%}
        {%- set shared = [] -%}
        {%- for key in keys -%}{%- set _ = shared.append(metric.get(key, metric.estimator.get(key))) -%}{%- endfor -%}
        {%- set _ = groups.setdefault(shared | string, []).append(metric) -%}
    {%- endfor -%}
    {{ return(groups.values() | list) }}
{%- endmacro %}

{#- The metrics that are read off Kaplan-Meier curves, in groups that share one; a curve has the name of its first metric. -#}
{% macro km_curves() -%}
    {{ return(metric_groups(
        metrics_by(['km', 'km_share']), ['cases', 'day', 'population', 'where', 'measure', 'event', 'start', 'schedule', 'unit', 'clock', 'frozen_after_days']
    )) }}
{%- endmacro %}

{#- Every cut that one of the metrics is valued at, each a list of dimensions in their own order. -#}
{% macro cuts_of(metrics) -%}
    {%- set cuts = [] -%}
    {%- for metric in metrics -%}
        {%- for cut in metric.lattice -%}
            {%- set ordered = [] -%}
            {%- for dimension in metric_dimensions() if dimension in cut -%}{%- set _ = ordered.append(dimension) -%}{%- endfor -%}
            {%- if ordered not in cuts -%}{%- set _ = cuts.append(ordered) -%}{%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(cuts) }}
{%- endmacro %}

{#- The name of a cut in every relation that holds cells: its dimensions with a plus between them, '' for the total. -#}
{% macro cut_name(cut) -%}
    {{ return(cut | join('+')) }}
{%- endmacro %}

{#- The name of the cut that a cell's dimensions show. -#}
{% macro cut_of(prefix='') -%}
    substr(
        {%- for dimension in metric_dimensions() %}
        case when {{ prefix }}{{ dimension }} <> 'all' then '+{{ dimension }}' else '' end{{ ' ||' if not loop.last }}
        {%- endfor %}, 2)
{%- endmacro %}

{#- The cuts of one metric, as a list of SQL literals. -#}
{% macro cut_literals(metric) -%}
    {%- set names = [] -%}
    {%- for cut in cuts_of([metric]) -%}{%- set _ = names.append("'" ~ cut_name(cut) ~ "'") -%}{%- endfor -%}
    {{ return(names | join(', ')) }}
{%- endmacro %}

{#- The dimensions that some cut of the metrics uses. -#}
{% macro dimensions_cut_by(metrics) -%}
    {%- set cuts = cuts_of(metrics) -%}
    {%- set used = [] -%}
    {%- for dimension in metric_dimensions() -%}
        {%- for cut in cuts if dimension in cut and dimension not in used -%}{%- set _ = used.append(dimension) -%}{%- endfor -%}
    {%- endfor -%}
    {{ return(used) }}
{%- endmacro %}

{#-
    `group by` of all cuts of the metrics at once: a case is read once and never copied once a cut. `always` is grouped by in each;
    `more` are further whole grouping sets.
-#}
{% macro group_by_cuts(metrics, always, more=[]) -%}
    group by grouping sets (
        {%- for cut in cuts_of(metrics) %}
        ({{ (always + cut) | join(', ') }}){{ ',' if not loop.last or more }}
        {%- endfor %}
        {%- for columns in more %}
        ({{ columns | join(', ') }}){{ ',' if not loop.last }}
        {%- endfor %}
    )
{%- endmacro %}

{#- In such a query: the cell's dimensions ('all' where it is not cut by one) and the name of its cut. -#}
{% macro cell_columns(metrics, dimensions=none) -%}
    {%- set used = dimensions_cut_by(metrics) if dimensions is none else dimensions -%}
    {%- for dimension in metric_dimensions() %}
        {%- if dimension in used %}
        case when grouping({{ dimension }}) = 1 then 'all' else {{ dimension }} end as {{ dimension }},
        {%- else %}
        'all' as {{ dimension }},
        {%- endif %}
    {%- endfor %}
    {%- for dimension in used %}
        {{ 'substr(' if loop.first }}case when grouping({{ dimension }}) = 0 then '+{{ dimension }}' else '' end{{ ' ||' if not loop.last else ', 2)' }}
    {%- else %}
        ''
    {%- endfor %} as cut
{%- endmacro %}

{#- Conditions under which a case could count for a metric, and under which it does. -#}
{% macro could_count(metric) -%}
    ({{ metric.population }})
{%- endmacro %}

{% macro counts(metric) -%}
    ({{ metric.population }}) and ({{ metric.where }})
    {%- if metric.estimator.name == 'ratio' %} and {{ metric.estimator.numerator }} is not null and {{ metric.estimator.denominator }} is not null{% endif %}
    {%- if metric.estimator.get('weight') %} and {{ metric.estimator.weight }} > 0{% endif %}
{%- endmacro %}

{#- What an estimator adds up of each case: `y` over `x`. -#}
{% macro case_y(metric) -%}
    {%- set estimator = metric.estimator -%}
    {%- if estimator.name == 'wilson' -%}case when {{ estimator.numerator }} then 1.0 else 0.0 end
    {%- elif estimator.name == 'nps_adjusted_wald' -%}case when {{ estimator.measure }} >= 9 then 1.0 when {{ estimator.measure }} <= 6 then -1.0 else 0.0 end
    {%- elif estimator.name == 'ratio' -%}{{ estimator.numerator }}
    {%- else -%}{{ estimator.measure }}
    {%- endif -%}
{%- endmacro %}

{% macro case_x(metric) -%}
    {{ metric.estimator.denominator if metric.estimator.name == 'ratio' else '1.0' }}
{%- endmacro %}

{#- Sum of a number over the cases that count, as a float; null when there are none. -#}
{% macro sum_counted(metric, number) -%}
    cast(sum(case when {{ counts(metric) }} then {{ number }} end) as {{ dbt.type_float() }})
{%- endmacro %}

{#-
    The sums by which a metric's cases of one cluster are told apart from as many independent ones, by name: n, y and what does not follow
    from them. Of shares y is its own square, and but for ratios x is 1.
-#}
{% macro cluster_sums(metric) -%}
    {%- set y, x = case_y(metric), case_x(metric) -%}
    {%- set sums = {'n': "count(case when " ~ counts(metric) ~ " then 1 end)", 'y': sum_counted(metric, y)} -%}
    {%- if metric.estimator.name != 'wilson' -%}
        {%- set _ = sums.update({'yy': sum_counted(metric, '(' ~ y ~ ') * (' ~ y ~ ')')}) -%}
    {%- endif -%}
    {%- if metric.estimator.name == 'ratio' -%}
        {%- set _ = sums.update({
            'x': sum_counted(metric, x), 'yx': sum_counted(metric, '(' ~ y ~ ') * ' ~ x), 'xx': sum_counted(metric, x ~ ' * ' ~ x),
        }) -%}
    {%- endif -%}
    {{ return(sums) }}
{%- endmacro %}

{#- The additive parts of a cell, in the order of every relation that holds them. -#}
{% macro count_parts() -%}
    {{ return(['num', 'den', 'eligible', 'promoters', 'detractors']) }}
{%- endmacro %}

{% macro sum_parts() -%}
    {{ return(['total', 'total_squared', 'base', 'base_squared', 'cross_product', 'weight', 'weight_squared', 'weighted_total', 'weighted_squares']) }}
{%- endmacro %}

{#- The parts that a metric has, by name, as SQL over its cases. `eligible` is unknown as soon as one case is not known to be eligible. -#}
{% macro parts_of(metric) -%}
    {%- set estimator = metric.estimator -%}
    {%- set y, x, w = case_y(metric), case_x(metric), estimator.get('weight') -%}
    {%- set event = estimator.get('numerator') if estimator.name == 'wilson' else estimator.get('event', 'true') -%}
    {%- set could = "count(case when " ~ could_count(metric) ~ " then 1 end)" -%}
    {%- set known = metric.get('eligible', 'true') -%}
    {%- set parts = {
        'num': "count(case when " ~ counts(metric) ~ " and (" ~ event ~ ") then 1 end)",
        'den': "count(case when " ~ counts(metric) ~ " then 1 end)",
        'eligible': could if known == 'true'
            else "case when " ~ could ~ " = count(case when " ~ could_count(metric) ~ " and (" ~ known ~ ") then 1 end) then " ~ could ~ " end",
    } -%}
    {%- if estimator.name in ('nps_adjusted_wald', 'mean', 'ratio') -%}
        {%- set measured = estimator.get('measure', y) -%}
        {%- set _ = parts.update({'total': sum_counted(metric, measured), 'total_squared': sum_counted(metric, measured ~ ' * ' ~ measured)}) -%}
    {%- endif -%}
    {%- if estimator.name == 'nps_adjusted_wald' -%}
        {%- set _ = parts.update({
            'promoters': "count(case when " ~ counts(metric) ~ " and " ~ estimator.measure ~ " >= 9 then 1 end)",
            'detractors': "count(case when " ~ counts(metric) ~ " and " ~ estimator.measure ~ " <= 6 then 1 end)",
        }) -%}
    {%- elif estimator.name == 'ratio' -%}
        {%- set _ = parts.update({
            'base': sum_counted(metric, x), 'base_squared': sum_counted(metric, x ~ ' * ' ~ x), 'cross_product': sum_counted(metric, x ~ ' * ' ~ y),
        }) -%}
    {%- endif -%}
    {%- if w -%}
        {%- set _ = parts.update({
            'weight': sum_counted(metric, w), 'weight_squared': sum_counted(metric, w ~ ' * ' ~ w),
            'weighted_total': sum_counted(metric, w ~ ' * (' ~ y ~ ')'), 'weighted_squares': sum_counted(metric, w ~ ' * (' ~ y ~ ') * (' ~ y ~ ')'),
        }) -%}
    {%- endif -%}
    {{ return(parts) }}
{%- endmacro %}
