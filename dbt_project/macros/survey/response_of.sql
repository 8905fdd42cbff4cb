{#-
    What tells one response (one questionnaire filled in) from another inside a source: the source's own id of it, else who answered
    which survey when, else the single answer.
-#}
{% macro response_of(answers) -%}
    coalesce({{ answers }}.survey_source_id, '') || '|' || coalesce(
        {{ answers }}.response_source_id,
        coalesce({{ answers }}.person_email_token, {{ answers }}.person_source_id)
        || '|' || cast(coalesce({{ answers }}.answered_at, {{ answers }}.invited_at) as {{ dbt.type_string() }}),
        {{ answers }}.source_id
    )
{%- endmacro %}
