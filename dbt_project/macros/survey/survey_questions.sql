{#- What each question of each survey measures (config/surveys.yml), as a query; empty and typed when nothing is configured. -#}
{% macro survey_questions() -%}
    {%- for survey in var('config').surveys %}
    {%- for question in survey.questions %}
select
    '{{ survey.id }}' as survey_id,
    '{{ survey.type }}' as survey_type,
    {{ setting_value(question.touchpoint or survey.touchpoint, "string") }} as touchpoint,
    {{ setting_value(survey.trigger_source, "string") }} as trigger_source,
    '{{ question.id }}' as question_id,
    '{{ question.measure }}' as measure,
    cast({{ question.min if question.min is not none else 'null' }} as {{ dbt.type_float() }}) as scale_min,
    cast({{ question.max if question.max is not none else 'null' }} as {{ dbt.type_float() }}) as scale_max,
    {{ setting_value(question.item, "string") }} as item,
    '{{ question.polarity }}' as polarity,
    {{ 'true' if question.optional else 'false' }} as is_optional,
    cast({{ question.correct if question.correct else 'null' }} as {{ dbt.type_int() }}) as correct_option
union all
    {%- endfor %}
    {%- endfor %}
select
    {{ typed_null('string') }} as survey_id,
    {{ typed_null('string') }} as survey_type,
    {{ typed_null('string') }} as touchpoint,
    {{ typed_null('string') }} as trigger_source,
    {{ typed_null('string') }} as question_id,
    {{ typed_null('string') }} as measure,
    {{ typed_null('float') }} as scale_min,
    {{ typed_null('float') }} as scale_max,
    {{ typed_null('string') }} as item,
    {{ typed_null('string') }} as polarity,
    {{ typed_null('boolean') }} as is_optional,
    {{ typed_null('integer') }} as correct_option
where 1 = 0
{%- endmacro %}

{#- The words that numbers stand for in questions of measure `choice`, as a query: item, option, meaning. -#}
{% macro survey_options() -%}
    {%- for survey in var('config').surveys %}
    {%- for question in survey.questions if question.options %}
    {%- for option in question.options %}
select
    '{{ survey.id }}' as survey_id,
    '{{ question.id }}' as question_id,
    cast({{ loop.index }} as {{ dbt.type_float() }}) as score,
    '{{ option }}' as meaning
union all
    {%- endfor %}
    {%- endfor %}
    {%- endfor %}
select
    {{ typed_null('string') }} as survey_id,
    {{ typed_null('string') }} as question_id,
    {{ typed_null('float') }} as score,
    {{ typed_null('string') }} as meaning
where 1 = 0
{%- endmacro %}

{#- The surveys of config/surveys.yml, as a query. -#}
{% macro surveys() -%}
    {%- for survey in var('config').surveys %}
select
    '{{ survey.id }}' as survey_id,
    '{{ survey.type }}' as survey_type,
    {{ setting_value(survey.touchpoint, 'string') }} as touchpoint,
    {{ setting_value(survey.trigger_source, 'string') }} as trigger_source,
    cast({{ survey.quarantine_days if survey.quarantine_days is not none else 'null' }} as {{ dbt.type_int() }}) as quarantine_days,
    cast({{ survey.questions | rejectattr('measure', 'equalto', 'text') | rejectattr('optional') | list | length }}
        as {{ dbt.type_int() }}) as items_asked
union all
    {%- endfor %}
select
    {{ typed_null('string') }} as survey_id,
    {{ typed_null('string') }} as survey_type,
    {{ typed_null('string') }} as touchpoint,
    {{ typed_null('string') }} as trigger_source,
    {{ typed_null('integer') }} as quarantine_days,
    {{ typed_null('integer') }} as items_asked
where 1 = 0
{%- endmacro %}
