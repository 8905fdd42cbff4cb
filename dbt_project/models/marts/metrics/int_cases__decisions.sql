select
    decision_key,
    decided_on as decided_day,
    {{ all_of(['country', 'segment', 'industry', 'strategic', 'channel', 'queue', 'survey', 'touchpoint', 'stage', 'role', 'reason']) }},
    coalesce(function_name, 'unknown') as item,
    days_to_decide
from {{ ref('gov_decision') }}
