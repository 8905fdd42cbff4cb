select
    visitor_key || ':' || cast(week_start as {{ dbt.type_string() }}) as visitor_week_key,
    week_start,
    country,
    {{ all_of(['segment', 'industry', 'strategic', 'channel', 'queue', 'survey', 'touchpoint', 'stage', 'role', 'reason', 'item']) }},
    cast(case when is_new_organic then 1 else 0 end as bigint) as new_organic,
    cast(case when is_new_organic then 0 else 1 end as bigint) as all_others
from {{ ref('int_value__visitor_weeks') }}
