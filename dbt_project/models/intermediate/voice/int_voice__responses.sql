{{ config(
    materialized='incremental',
    incremental_strategy='tracked',
    unique_key=['source', 'response_id'],
    on_schema_change='fail',
    indexes=[
        {'columns': ['source', 'response_id'], 'unique': True},
        {'columns': ['source', 'person_source_id']},
        {'columns': ['person_email_token']},
        {'columns': ['_built_at'], 'type': 'brin'},
    ],
    pre_hook="{{ want([
        changed('input__survey_answers', ['source', response_of()]),
        matching('int_voice__responses', ['source', 'person_source_id'], 'int_identity__person_keys'),
        matching('int_voice__responses', ['person_email_token'], 'int_identity__email_keys'),
        matching('int_voice__responses', ['source', 'account_source_id'], 'int_identity__account_keys'),
    ]) }}"
) }}
-- One response (one questionnaire filled in) to a survey of customers: what its answers share, and how much of it was filled in.
with answers as (
    select
        answers.*,
        {{ response_of('answers') }} as response_id,
        questions.is_optional,
        answers.score is not null and coalesce(answers.score between answers.scale_min and answers.scale_max, true) as is_scored
    from {{ ref('input__survey_answers') }} as answers
    {%- if is_incremental() %}
    inner join {{ wanted() }} as wanted on answers.source = wanted.source and {{ response_of('answers') }} = wanted.response_id
    {%- endif %}
    left join ({{ survey_questions() }}) as questions
        on answers.survey_source_id = questions.survey_id and answers.question_id = questions.question_id
    where coalesce(answers.survey_type, 'relationship') <> 'employee'
),

responses as (
    select
        source,
        response_id,
        max(survey_source_id) as survey_source_id,
        max(survey_name) as survey_name,
        max(survey_type) as survey_type,
        max(response_source_id) as response_source_id,
        max(person_email_token) as person_email_token,
        max(person_source_id) as person_source_id,
        max(account_source_id) as account_source_id,
        max(trigger_source) as trigger_source,
        max(trigger_source_id) as trigger_source_id,
        max(channel) as channel,
        max(country) as country,
        max(language) as language,
        min(invited_at) as invited_at,
        max(answered_at) as answered_at,
        max(case when coalesce(is_complete, score is not null) then 1 else 0 end) = 1 as is_complete,
        max(case when is_test then 1 else 0 end) = 1 as is_test,
        min(case when is_deleted then 1 else 0 end) = 1 as is_deleted,
        count(distinct case when is_scored and not coalesce(is_optional, false) then coalesce(question_id, source_id) end) as items_answered,
        count(distinct case when is_scored and measure in ('nps', 'csat', 'ces', 'csat_binary') then source_id end) as key_items_answered,
        max(case when is_scored or comment_redacted is not null then 1 else 0 end) = 1 as is_answered,
        max(loaded_at) as loaded_at
    from answers
    group by source, response_id
)

select
    responses.*,
    coalesce(persons.person_key, by_email.person_key) as person_key,
    accounts.account_key,
    surveys.items_asked,
    surveys.quarantine_days,
    surveys.touchpoint,
    {{ built_at() }} as _built_at
from responses
left join {{ ref('int_identity__person_keys') }} as persons
    on responses.source = persons.source and responses.person_source_id = persons.source_id
left join {{ ref('int_identity__email_keys') }} as by_email on responses.person_email_token = by_email.email_token
left join {{ ref('int_identity__account_keys') }} as accounts
    on responses.source = accounts.source and responses.account_source_id = accounts.source_id
left join ({{ surveys() }}) as surveys on responses.survey_source_id = surveys.survey_id
