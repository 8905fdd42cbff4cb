select
    rows.page_path || ':' || cast(rows.version as {{ dbt.type_string() }}) as content_sk,
    rows.page_path,
    rows.version,
    rows.title,
    rows.kind,
    rows.is_gated,
    rows.core_question,
    rows.reading_grade,
    rows.valid_from,
    rows.valid_to,
    rows.valid_to = cast('9999-12-31' as timestamp) as is_current
from (
    {{ setting_rows(var('config').content, rename={'page_path': 'path', 'core_question': 'answers'}) }}
) as rows
