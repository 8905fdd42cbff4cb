{{ config(alias='dim_content') }}
select
    content_sk,
    page_path,
    version,
    title,
    kind,
    is_gated,
    core_question,
    reading_grade,
    valid_from,
    valid_to,
    is_current
from {{ ref('dim_content') }}
