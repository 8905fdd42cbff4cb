{#-
    Which cells a build computes: those of periods in which a case changed since they were computed. What changed is found by comparing the
    cases of each day with those of the build before (`int_metrics__case_days`), not from declarations of what depends on what.
-#}

{#- The days on which metrics place their cases, by kind of case. -#}
{% macro days_of_cases() -%}
    {%- set found = {} -%}
    {%- for metric in var('metrics') if metric.estimator.name != 'computed' -%}
        {%- set days = found.setdefault(metric.cases, []) -%}
        {%- if metric.day not in days -%}{%- do days.append(metric.day) -%}{%- endif -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}

{#- A select of `metric` and `day`: where cases of metrics with one of the estimators changed since this model (or `since_of`) was built. -#}
{% macro changed_case_days(estimators, since_of=none) -%}
select definitions.metric, changed.day
from (
{{ changed('int_metrics__case_days', ['cases', 'day_column', 'cast(day as date)'], since_of, everything='') }}
) as changed (cases, day_column, day)
inner join {{ ref('int_metrics__definitions') }} as definitions
    on changed.cases = definitions.cases and changed.day_column = definitions.day_column
where definitions.estimator in ('{{ estimators | join("', '") }}')
{%- endmacro %}

{#- The periods of such days, as a select of `metric`, `grain` and `period_start`. -#}
{% macro periods_of_days(days) -%}
select distinct changed.metric, periods.grain, periods.period_start
from (
{{ days }}
) as changed (metric, day)
inner join ({{ day_periods() }}) as periods on changed.day = periods.day
{%- endmacro %}

{% macro changed_case_periods(estimators, since_of=none) -%}
{{ periods_of_days(changed_case_days(estimators, since_of)) }}
{%- endmacro %}

{#- Curves of periods that were not yet frozen when they were computed: cases still open were followed until then, and now for longer. -#}
{% macro unsettled_curves() -%}
select distinct metric, grain, period_start
from {{ relation_of('int_metrics__km_cells') if execute }}
where not is_settled
{%- endmacro %}

{#- The metrics that are read off curves, for a select of `curve`, `grain` and `period_start`. -#}
{% macro metrics_of_curves(curves) -%}
select read_off.metric, changed.grain, changed.period_start
from (
{{ curves }}
) as changed (curve, grain, period_start)
inner join (
    {%- for group in km_curves() %}{% set last = loop.last %}{% for metric in group %}
    select '{{ group[0].metric }}' as curve, '{{ metric.metric }}' as metric
    {{- ' union all' if not (last and loop.last) }}
    {%- endfor %}{% endfor %}
) as read_off on changed.curve = read_off.curve
{%- endmacro %}

{#- Periods whose numbers are shown otherwise than they would be now though no case changed: for another target, or for metrics without any case. -#}
{% macro otherwise_shown() -%}
select distinct shown.grain, shown.period_start
from {{ this }} as shown
left join {{ ref('gov_target') }} as targets
    on shown.metric = targets.metric
    and cast(shown.period_start as timestamp) >= targets.valid_from and cast(shown.period_start as timestamp) < targets.valid_to
where not {{ same_number('shown.target', 'targets.target') }}
    or shown.suppressed_reason = 'no cases yet' or shown.suppressed_reason like 'source not connected%'
union all
select grain, period_start
from {{ ref('int_metrics__unanswered') }}
{%- endmacro %}
