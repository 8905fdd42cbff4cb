{#- What all answers of a response share. Only answers on invitation carry an address; anonymous surveys have none. -#}
{% macro qualtrics_responses() -%}
(
    select
        survey_id,
        survey_name,
        response_id,
        recipient_email_token,
        ticket_id,
        country,
        channel,
        team_id,
        user_language,
        {{ to_utc('started_at') }} as started_at,
        {{ to_utc('recorded_at') }} as recorded_at,
        coalesce(is_finished, false) as is_complete,
        status in (1, 2) as is_test,
        coalesce(status = 8, false) as is_spam,
        {{ to_utc('_loaded_at') }} as loaded_at,
        _is_deleted as is_deleted
    from {{ newest(source('qualtrics', 'responses'), ['survey_id', 'response_id'], ['survey_id', 'response_id']) }} as responses
)
{%- endmacro %}
