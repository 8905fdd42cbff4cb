{{ config(
    materialized='incremental',
    incremental_strategy='tracked',
    unique_key=['source', 'source_id'],
    on_schema_change='fail',
    indexes=[{'columns': ['source', 'source_id'], 'unique': True}, {'columns': ['_built_at'], 'type': 'brin'}],
    meta={'carried': ['survey_source_id', 'question_id']}
) }}
-- Questions of surveys of customers and the versions of their wording. What a question measures stands in config/surveys.yml; a question
-- that is not there takes it from its answers.
with asked as (
    select
        source,
        survey_source_id,
        question_id,
        max(survey_type) as survey_type,
        max(measure) as measure,
        max(scale_min) as scale_min,
        max(scale_max) as scale_max,
        max(loaded_at) as loaded_at
    from {{ ref('input__survey_answers') }}
    where question_id is not null and survey_source_id is not null
    group by source, survey_source_id, question_id
),

worded as (
    select
        source,
        survey_source_id,
        question_id,
        wording,
        worded_since,
        lag(wording) over (partition by source, survey_source_id, question_id order by worded_since, source_id) as worded_before,
        loaded_at
    from {{ ref('input__survey_questions') }}
    where wording is not null and not coalesce(is_deleted, false)
),

changed as (
    select
        *,
        row_number() over (partition by source, survey_source_id, question_id order by worded_since, wording) as version,
        lead(worded_since) over (partition by source, survey_source_id, question_id order by worded_since, wording) as worded_until
    from worded
    where worded_before is null or worded_before <> wording
),

versions as (
    select
        coalesce(changed.source, asked.source) as source,
        coalesce(changed.survey_source_id, asked.survey_source_id) as survey_source_id,
        coalesce(changed.question_id, asked.question_id) as question_id,
        coalesce(changed.version, 1) as version,
        changed.wording,
        asked.survey_type,
        asked.measure,
        asked.scale_min,
        asked.scale_max,
        case when coalesce(changed.version, 1) = 1 then cast('1900-01-01' as timestamp) else changed.worded_since end as valid_from,
        coalesce(changed.worded_until, cast('9999-12-31' as timestamp)) as valid_to,
        coalesce(asked.loaded_at, changed.loaded_at) as loaded_at
    from changed
    full outer join asked
        on changed.source = asked.source
        and changed.survey_source_id = asked.survey_source_id
        and changed.question_id = asked.question_id
)

select
    {{ surrogate_key('survey_question', ['versions.source', 'versions.survey_source_id', 'versions.question_id', 'versions.version']) }}
        as survey_question_sk,
    {{ surrogate_key('survey_question', ['versions.source', 'versions.survey_source_id', 'versions.question_id']) }} as survey_question_key,
    versions.source,
    versions.survey_source_id || ':' || versions.question_id || ':' || cast(versions.version as {{ dbt.type_string() }}) as source_id,
    versions.survey_source_id,
    versions.question_id,
    cast(versions.version as {{ dbt.type_int() }}) as version,
    versions.wording,
    coalesce(questions.survey_type, versions.survey_type, 'unknown') as survey_type,
    coalesce(questions.measure, versions.measure, 'unknown') as measure,
    coalesce(
        questions.item,
        questions.touchpoint,
        case when coalesce(questions.measure, versions.measure) in ('nps', 'csat', 'ces', 'csat_binary', 'text') then questions.measure end,
        versions.question_id
    ) as item,
    coalesce(questions.touchpoint, 'unknown') as touchpoint,
    coalesce(touchpoints.stage, 'unknown') as stage,
    case coalesce(questions.measure, versions.measure) when 'expectation' then 'E' when 'perception' then 'P' end as gap_side,
    coalesce(questions.scale_min, versions.scale_min) as scale_min,
    coalesce(questions.scale_max, versions.scale_max) as scale_max,
    coalesce(questions.polarity, 'higher') as polarity,
    coalesce(questions.measure, versions.measure) in ('nps', 'csat', 'ces', 'csat_binary') as is_key_item,
    coalesce(questions.is_optional, false) as is_optional,
    questions.correct_option,
    versions.valid_from,
    versions.valid_to,
    versions.valid_to = cast('9999-12-31' as timestamp) as is_current,
    versions.loaded_at,
    {{ built_at() }} as _built_at
from versions
left join ({{ survey_questions() }}) as questions
    on versions.survey_source_id = questions.survey_id and versions.question_id = questions.question_id
left join {{ ref('dim_touchpoint') }} as touchpoints on questions.touchpoint = touchpoints.touchpoint_key and touchpoints.is_current
where coalesce(questions.survey_type, versions.survey_type, 'relationship') <> 'employee'
