with clock as (
    select {{ business_day('max(happened_at)') }} as today from {{ ref('fct_ticket_event') }}
)

select
    actions.action_key,
    actions.due_on as due_day,
    {{ all_of(['country', 'segment', 'industry', 'strategic', 'channel', 'queue', 'survey']) }},
    coalesce(actions.touchpoint_key, 'all') as touchpoint,
    {{ all_of(['stage', 'role', 'reason']) }},
    actions.owner as item,
    actions.done_on is not null or actions.due_on < clock.today as is_due,
    coalesce(actions.done_on <= actions.due_on, false) as is_on_time,
    actions.is_cross_functional
from {{ ref('gov_action') }} as actions
cross join clock
