-- Compared pairs of records; the item is the systems that the two come from.
select
    identity_pair_key,
    reviewed_day,
    {{ all_of(['country', 'segment', 'industry', 'strategic', 'channel', 'queue', 'survey', 'touchpoint', 'stage', 'role', 'reason']) }},
    systems as item,
    is_same,
    is_joined
from {{ ref('fct_identity_pair') }}
