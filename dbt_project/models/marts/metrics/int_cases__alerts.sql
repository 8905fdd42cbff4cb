select
    action_key,
    opened_at,
    opened_day,
    country,
    segment,
    industry,
    strategic,
    channel,
    queue,
    {{ all_of(['survey', 'touchpoint', 'stage', 'role', 'reason']) }},
    trigger_rule as item,
    account_key,
    contacted_at is not null as is_contacted,
    contacted_at is not null or {{ minutes_between('opened_at', 'now_at') }} >= 43200 as is_matured,
    {{ minutes_between('opened_at', "coalesce(contacted_at, case when now_at < " ~ dbt.dateadd('day', 30, 'opened_at') ~ " then now_at else " ~ dbt.dateadd('day', 30, 'opened_at') ~ " end)") }} as contact_minutes,
    done_at is not null as is_resolved
from {{ ref('fct_action') }}
where loop = 'inner' and person_key is not null
