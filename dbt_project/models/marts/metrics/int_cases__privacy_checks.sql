select
    privacy_check_key,
    checked_day,
    {{ all_of(['country', 'segment', 'industry', 'strategic', 'channel', 'queue', 'survey', 'touchpoint', 'stage', 'role', 'reason']) }},
    source as item,
    is_treated
from {{ ref('privacy_check') }}
