{{ config(enabled='export_stackoverflow' in var('sources')) }}
-- Career satisfaction is the one question with a scale; the rest says where and how somebody works. There is no time of answering.
select
    'export_stackoverflow' as source,
    cast(answers.line_number as {{ dbt.type_string() }}) as source_id,
    'developer survey' as survey_name,
    'employee' as survey_type,
    'driver' as measure,
    'career_satisfaction' as question_id,
    cast(0 as {{ dbt.type_float() }}) as scale_min,
    cast(10 as {{ dbt.type_float() }}) as scale_max,
    cast(answers.career_satisfaction as {{ dbt.type_float() }}) as score,
    answers.country,
    true as is_complete,
    false as is_test,
    {{ to_utc('answers._loaded_at') }} as loaded_at,
    answers._is_deleted as is_deleted
from {{ newest(source('export_stackoverflow', 'answers'), ['file_name', 'line_number']) }} as answers
