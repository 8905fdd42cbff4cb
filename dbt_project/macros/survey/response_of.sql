{#-
    What tells one response (one questionnaire filled in) from another inside a source: the source's own id of it, else who answered
    which survey when, else the single answer. `answers` is the alias of the answers' relation, or none.
-#}
{% macro response_of(answers=none) -%}
    {%- set of = answers ~ '.' if answers else '' -%}
    coalesce({{ of }}survey_source_id, '') || '|' || coalesce(
        {{ of }}response_source_id,
        coalesce({{ of }}person_email_token, {{ of }}person_source_id)
        || '|' || cast(coalesce({{ of }}answered_at, {{ of }}invited_at) as {{ dbt.type_string() }}),
        {{ of }}source_id
    )
{%- endmacro %}
