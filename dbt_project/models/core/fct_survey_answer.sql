{{ config(
    materialized='incremental',
    incremental_strategy='tracked',
    unique_key=['source', 'source_id'],
    on_schema_change='fail',
    indexes=[
        {'columns': ['source', 'source_id'], 'unique': True},
        {'columns': ['survey_invitation_key']},
        {'columns': ['survey_response_key']},
        {'columns': ['_built_at'], 'type': 'brin'},
    ],
    meta={'days': ['answered_day'], 'carried': ['survey_response_key']},
    pre_hook="{{ want([
        changed('input__survey_answers'),
        matching('fct_survey_answer', ['survey_invitation_key'], 'fct_survey_invitation', ['survey_invitation_key']),
        matching('input__survey_answers', ['source', 'survey_source_id', 'question_id'], 'dim_survey_question',
            ['source', 'survey_source_id', 'question_id']),
    ]) }}"
) }}
-- One answer to one question, with the cuts of its invitation; an invitation without an answer may be a row without a score.
{%- set taken = ['person_key', 'account_key', 'ticket_key', 'channel', 'country', 'segment', 'industry', 'strategic', 'queue', 'reason'] %}
with answers as (
    select
        answers.source,
        answers.source_id,
        answers.survey_source_id,
        answers.survey_name,
        answers.survey_type,
        answers.measure,
        answers.question_id,
        answers.scale_min,
        answers.scale_max,
        answers.score,
        answers.comment_redacted,
        answers.touchpoint,
        coalesce(answers.language, 'unknown') as language,
        answers.is_complete,
        answers.answered_at,
        answers.loaded_at,
        invitations.survey_invitation_key,
        {{ surrogate_key('survey_response', ['answers.source', 'links.response_id']) }} as survey_response_key,
        coalesce(invitations.invited_at, answers.invited_at) as invited_at,
        coalesce(invitations.is_invitation_known and not invitations.is_told, false) as is_invitation_known,
        coalesce(invitations.is_trigger_valid, true) as is_trigger_valid,
        {%- for name in taken %}
        invitations.{{ name }},
        {%- endfor %}
        case
            when answers.is_deleted then 'deleted'
            when answers.is_test then 'test'
            when coalesce(answers.answered_at, answers.invited_at) is null then 'no time'
            when answers.score < answers.scale_min or answers.score > answers.scale_max then 'off the scale'
            when links.is_superseded then 'superseded'
            when links.is_quarantined then 'inside quarantine'
        end as reject_reason
    from {{ ref('input__survey_answers') }} as answers
    {{ only_wanted('answers') }}
    left join {{ ref('int_voice__invited_responses') }} as links
        on answers.source = links.source and {{ response_of('answers') }} = links.response_id
    left join {{ ref('fct_survey_invitation') }} as invitations
        on links.source = invitations.source and links.invitation_source_id = invitations.source_id
    where coalesce(answers.survey_type, 'relationship') <> 'employee'
)

select
    {{ surrogate_key('survey_answer', ['answers.source', 'answers.source_id']) }} as survey_answer_key,
    answers.source,
    answers.source_id,
    answers.survey_response_key,
    answers.survey_invitation_key,
    questions.survey_question_sk,
    {%- for name in ['person_key', 'account_key', 'ticket_key'] %}
    answers.{{ name }},
    {%- endfor %}
    coalesce(answers.survey_name, answers.survey_source_id, 'unknown') as survey,
    coalesce(answers.survey_type, 'unknown') as survey_type,
    answers.measure,
    coalesce(questions.item, answers.question_id, 'unknown') as item,
    answers.question_id,
    answers.scale_min,
    answers.scale_max,
    answers.score,
    options.meaning as score_meaning,
    answers.score = questions.correct_option as is_correct,
    answers.comment_redacted,
    coalesce(answers.touchpoint, questions.touchpoint, 'unknown') as touchpoint,
    coalesce(questions.stage, 'unknown') as stage,
    {%- for name in ['channel', 'queue', 'reason', 'country', 'segment', 'industry', 'strategic'] %}
    coalesce(answers.{{ name }}, 'unknown') as {{ name }},
    {%- endfor %}
    answers.language,
    answers.is_invitation_known,
    answers.is_trigger_valid,
    answers.reject_reason is null as is_valid,
    answers.reject_reason,
    answers.score is not null as is_answered,
    coalesce(answers.is_complete, answers.score is not null) as is_complete,
    answers.invited_at,
    answers.answered_at,
    {{ business_day('coalesce(answers.answered_at, answers.invited_at)') }} as answered_day,
    answers.loaded_at,
    {{ built_at() }} as _built_at
from answers
left join {{ ref('dim_survey_question') }} as questions
    on answers.source = questions.source
    and answers.survey_source_id = questions.survey_source_id
    and answers.question_id = questions.question_id
    and coalesce(answers.answered_at, answers.invited_at) >= questions.valid_from
    and coalesce(answers.answered_at, answers.invited_at) < questions.valid_to
left join ({{ survey_options() }}) as options
    on answers.survey_source_id = options.survey_id
    and answers.question_id = options.question_id
    and answers.score = options.score
