select
    rows.stage,
    rows.position,
    rows.title,
    rows.owner,
    rows.contributors,
    case when rows.contributors is null then cast(0 as bigint) else cast(length(rows.contributors) - length(replace(rows.contributors, ',', '')) + 1 as bigint) end as contributing_functions,
    rows.window_days,
    rows.owner is not null and coalesce(rows.contributors like '%,%', false) as is_owned
from (
    {{ setting_rows(var('config').stages, rename={'stage': 'id'}) }}
) as rows
