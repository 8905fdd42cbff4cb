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
    {{ typed_null('string') }}, {{ typed_null('string') }}, {{ typed_null('string') }}, {{ typed_null('string') }}, {{ typed_null('string') }},
    {{ typed_null('string') }}, {{ typed_null('float') }}, {{ typed_null('float') }}, {{ typed_null('string') }}, {{ typed_null('string') }},
    {{ typed_null('boolean') }}, {{ typed_null('integer') }}
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
select {{ typed_null('string') }}, {{ typed_null('string') }}, {{ typed_null('float') }}, {{ typed_null('string') }}
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
    {{ typed_null('string') }}, {{ typed_null('string') }}, {{ typed_null('string') }}, {{ typed_null('string') }},
    {{ typed_null('integer') }}, {{ typed_null('integer') }}
where 1 = 0
{%- endmacro %}
