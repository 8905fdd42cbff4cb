{#-
    CTEs that end with `parts`: every answer to a score on five points or more, by metric, quarter and survey (`all`: every survey), with the
    number of answers beside it and how much of it belongs to the worst tenth (0 to 1, rounded up to whole answers in sum).
-#}
{% macro worst_decile() -%}
    {%- set words = ['country', 'segment', 'industry', 'strategic', 'channel', 'queue', 'reason'] -%}
scored as (
    {%- for metric in bounded_metrics() %}
    select '{{ metric.metric }}' as metric, answered_day, survey, score, scale_min, {{ words | join(', ') }}
    from {{ ref('int_cases__survey_answers') }}
    where {{ counts(metric) }} and scale_max - scale_min >= 4
    union all
    {%- endfor %}
    select {{ typed_null('string') }}, cast(null as date), {{ typed_null('string') }}, {{ typed_null('float') }}, {{ typed_null('float') }},
        {%- for word in words %} {{ typed_null('string') }}{{ ',' if not loop.last }}{% endfor %}
    where 1 = 0
),

placed as (
    {%- for survey in ['scored.survey', "'all'"] %}
    select scored.metric, days.quarter_start as period_start, {{ survey }} as survey, scored.score, scored.scale_min,
        {%- for word in words %} scored.{{ word }}{{ ',' if not loop.last }}{% endfor %}
    from scored
    inner join {{ ref('dim_date') }} as days on scored.answered_day = days.day
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

ranked as (
    select
        *,
        count(*) over (partition by metric, period_start, survey) as answers,
        count(*) over (partition by metric, period_start, survey, score) as alike,
        rank() over (partition by metric, period_start, survey order by score asc) - 1 as below
    from placed
),

parts as (
    select
        *,
        cast(least(1, greatest(0, (ceiling(answers / 10.0) - below) / alike)) as {{ dbt.type_float() }}) as part
    from ranked
)
{%- endmacro %}

{#- Metrics of answers on a scale, of surveys that also tell who did not answer. -#}
{% macro bounded_metrics() -%}
    {%- set found = [] -%}
    {%- for metric in metrics_by(['wilson', 'nps_adjusted_wald']) if metric.cases == 'survey_answers' and metric.get('eligible') -%}
        {%- set _ = found.append(metric) -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}
