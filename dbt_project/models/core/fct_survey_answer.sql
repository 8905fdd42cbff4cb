{{ config(
    materialized='incremental',
    unique_key=['source', 'source_id'],
    incremental_strategy='merge',
    on_schema_change='fail',
    indexes=[{'columns': ['source', 'source_id'], 'unique': True}, {'columns': ['loaded_at']}],
    post_hook="{{ forget_vanished('input__survey_answers') if is_incremental() }}"
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
    where coalesce(answers.survey_type, 'relationship') <> 'employee'
),

{% if is_incremental() %}
wanted as (
    select answers.*
    from answers
    left join {{ this }} as facts on answers.source = facts.source and answers.source_id = facts.source_id
    where facts.source is null
        or answers.loaded_at > {{ watermark(this) }}
        or coalesce(facts.person_key, '') <> coalesce(answers.person_key, '')
        or coalesce(facts.account_key, '') <> coalesce(answers.account_key, '')
)
{% else %}
wanted as (
    select * from answers
)
{% endif %}

select
    {{ surrogate_key('survey_answer', ['wanted.source', 'wanted.source_id']) }} as survey_answer_key,
    wanted.source,
    wanted.source_id,
    wanted.person_key,
    wanted.account_key,
    {{ surrogate_key('ticket', ['wanted.trigger_source', 'wanted.trigger_source_id']) }} as ticket_key,
    coalesce(wanted.survey_name, wanted.survey_source_id, 'unknown') as survey,
    coalesce(wanted.survey_type, 'unknown') as survey_type,
    wanted.measure,
    wanted.question_id,
    wanted.scale_min,
    wanted.scale_max,
    wanted.score,
    wanted.comment_redacted,
    coalesce(wanted.touchpoint, 'unknown') as touchpoint,
    coalesce(wanted.channel, 'unknown') as channel,
    coalesce(wanted.country, 'unknown') as country,
    coalesce(wanted.language, 'unknown') as language,
    reasons.reject_reason is null as is_valid,
    reasons.reject_reason,
    wanted.score is not null as is_answered,
    coalesce(wanted.is_complete, wanted.score is not null) as is_complete,
    wanted.invited_at,
    wanted.answered_at,
    {{ business_day('coalesce(wanted.answered_at, wanted.invited_at)') }} as answered_day,
    wanted.loaded_at
from wanted
inner join (
    select
        source,
        source_id,
        case
            when coalesce(is_deleted, false) then 'deleted'
            when coalesce(is_test, false) then 'test'
            when coalesce(answered_at, invited_at) is null then 'no time'
            when score < scale_min or score > scale_max then 'off the scale'
        end as reject_reason
    from wanted
) as reasons
    on wanted.source = reasons.source and wanted.source_id = reasons.source_id
