-- Who came to which stage of the journey, and whether they came to the next.
select
    person_key || ':' || stage as journey_stage_key,
    entered_at,
    entered_day,
    country,
    segment,
    industry,
    strategic,
    {{ all_of(['channel', 'queue', 'survey', 'touchpoint']) }},
    stage,
    {{ all_of(['role', 'reason']) }},
    stage as item,
    person_key,
    account_key,
    is_backward,
    is_converted,
    is_matured,
    next_entered_at is not null as is_followed,
    days_to_next
from {{ ref('fct_journey_stage') }}
