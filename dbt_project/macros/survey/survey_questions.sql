{#- What each question of each survey measures (config/surveys.yml), as a query; empty and typed when nothing is configured. -#}
{% macro survey_questions() -%}
    {%- for survey in var('config').surveys %}
    {%- for question in survey.questions %}
select
    '{{ survey.id }}' as survey_id,
    '{{ survey.type }}' as survey_type,
    {{ "'" ~ survey.touchpoint ~ "'" if survey.touchpoint else typed_null('string') }} as touchpoint,
    {{ "'" ~ survey.trigger_source ~ "'" if survey.trigger_source else typed_null('string') }} as trigger_source,
    '{{ question.id }}' as question_id,
    '{{ question.measure }}' as measure,
    cast({{ question.min if question.min is not none else 'null' }} as {{ dbt.type_float() }}) as scale_min,
    cast({{ question.max if question.max is not none else 'null' }} as {{ dbt.type_float() }}) as scale_max
union all
    {%- endfor %}
    {%- endfor %}
select
    {{ typed_null('string') }}, {{ typed_null('string') }}, {{ typed_null('string') }}, {{ typed_null('string') }}, {{ typed_null('string') }},
    {{ typed_null('string') }}, {{ typed_null('float') }}, {{ typed_null('float') }}
where 1 = 0
{%- endmacro %}
