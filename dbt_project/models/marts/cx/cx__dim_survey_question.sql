{{ config(alias='dim_survey_question') }}
select
    survey_question_sk,
    survey_question_key,
    source,
    question_id,
    version,
    wording,
    survey_type,
    measure,
    item,
    touchpoint,
    stage,
    gap_side,
    scale_min,
    scale_max,
    polarity,
    is_key_item,
    is_optional,
    correct_option,
    valid_from,
    valid_to,
    is_current
from {{ ref('dim_survey_question') }}
