{{ config(
    materialized='incremental',
    incremental_strategy='tracked',
    unique_key=['source', 'source_id'],
    on_schema_change='fail',
    indexes=[{'columns': ['source', 'source_id'], 'unique': True}, {'columns': ['_built_at'], 'type': 'brin'}],
    meta={'days': ['answered_day']},
    pre_hook="{{ want([
        changed('input__survey_answers'),
        matching('input__survey_answers', ['source', 'person_source_id'], 'int_identity__person_keys'),
        matching('input__survey_answers', ['source', 'account_source_id'], 'int_identity__account_keys'),
        matching('input__survey_answers', ['person_email_token'], 'int_identity__email_keys'),
    ]) }}"
) }}
-- One answer to one question; an invitation without an answer is a row without a score, so that response can be measured.
with answers as (
    select
        answers.*,
        coalesce(persons.person_key, by_email.person_key) as person_key,
        accounts.account_key
    from {{ ref('input__survey_answers') }} as answers
    left join {{ ref('int_identity__person_keys') }} as persons
        on answers.source = persons.source and answers.person_source_id = persons.source_id
    left join {{ ref('int_identity__email_keys') }} as by_email
        on answers.person_email_token = by_email.email_token
    left join {{ ref('int_identity__account_keys') }} as accounts
        on answers.source = accounts.source and answers.account_source_id = accounts.source_id
    {{ only_wanted('answers') }}
    where coalesce(answers.survey_type, 'relationship') <> 'employee'
),

judged as (
    select
        *,
        case
            when coalesce(is_deleted, false) then 'deleted'
            when coalesce(is_test, false) then 'test'
            when coalesce(answered_at, invited_at) is null then 'no time'
            when score < scale_min or score > scale_max then 'off the scale'
        end as reject_reason
    from answers
)

select
    {{ surrogate_key('survey_answer', ['judged.source', 'judged.source_id']) }} as survey_answer_key,
    judged.source,
    judged.source_id,
    judged.person_key,
    judged.account_key,
    {{ surrogate_key('ticket', ['judged.trigger_source', 'judged.trigger_source_id']) }} as ticket_key,
    coalesce(judged.survey_name, judged.survey_source_id, 'unknown') as survey,
    coalesce(judged.survey_type, 'unknown') as survey_type,
    judged.measure,
    judged.question_id,
    judged.scale_min,
    judged.scale_max,
    judged.score,
    judged.comment_redacted,
    coalesce(judged.touchpoint, 'unknown') as touchpoint,
    coalesce(judged.channel, 'unknown') as channel,
    coalesce(judged.country, 'unknown') as country,
    coalesce(judged.language, 'unknown') as language,
    judged.reject_reason is null as is_valid,
    judged.reject_reason,
    judged.score is not null as is_answered,
    coalesce(judged.is_complete, judged.score is not null) as is_complete,
    judged.invited_at,
    judged.answered_at,
    {{ business_day('coalesce(judged.answered_at, judged.invited_at)') }} as answered_day,
    judged.loaded_at,
    {{ built_at() }} as _built_at
from judged
