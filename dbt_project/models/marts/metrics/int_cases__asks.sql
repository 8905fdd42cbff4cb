-- What we ask of people and what we do about it, day by day: every invitation is one asking, every improvement that was finished one act.
select
    invited_day as day,
    country,
    segment,
    industry,
    strategic,
    {{ all_of(['channel', 'queue', 'survey', 'touchpoint', 'stage', 'role', 'reason', 'item']) }},
    cast(1 as {{ dbt.type_float() }}) as asked,
    cast(0 as {{ dbt.type_float() }}) as acted
from {{ ref('fct_survey_invitation') }}
where is_valid and invited_day is not null
union all
select
    done_on,
    {{ all_of(['country', 'segment', 'industry', 'strategic', 'channel', 'queue', 'survey', 'touchpoint', 'stage', 'role', 'reason', 'item']) }},
    0,
    1
from {{ ref('gov_action') }}
where done_on is not null
