-- Which targets the tickets this build computes were promised, and when. Where a source tells its policies and never where it applied
-- them, the first policy with a target for the ticket's priority holds from its creation.
with told as (
    select
        events.source,
        events.ticket_source_id,
        events.policy_source_id,
        events.metric,
        events.target_minutes,
        events.is_business_hours,
        events.happened_at as applied_at,
        events.loaded_at,
        row_number() over (
            partition by events.source, events.ticket_source_id, events.policy_source_id, events.metric, events.happened_at
            order by events.source_id desc
        ) as copy_number
    from {{ ref('input__sla_events') }} as events
    inner join {{ ref('int_support__tickets_to_build') }} as wanted
        on events.source = wanted.source and events.ticket_source_id = wanted.source_id
    where events.event_type = 'apply' and not coalesce(events.is_deleted, false)
),

assumed as (
    select
        tickets.source,
        tickets.source_id as ticket_source_id,
        policies.policy_source_id,
        policies.metric,
        tickets.created_at as applied_at,
        policies.loaded_at,
        row_number() over (
            partition by tickets.source, tickets.source_id, policies.metric
            order by policies.position nulls last, policies.policy_source_id, policies.valid_from desc nulls last
        ) as choice
    from {{ ref('int_support__tickets') }} as tickets
    inner join {{ ref('int_support__silent_sources') }} as silent on tickets.source = silent.source
    inner join {{ ref('input__sla_policies') }} as policies
        on tickets.source = policies.source and (policies.priority is null or policies.priority = tickets.priority)
        and (policies.valid_from is null or policies.valid_from <= tickets.created_at)
        and not coalesce(policies.is_deleted, false)
    where tickets.reject_reason is null
),

applied as (
    select source, ticket_source_id, policy_source_id, metric, target_minutes, is_business_hours, applied_at, loaded_at
    from told
    where copy_number = 1
    union all
    select
        source,
        ticket_source_id,
        policy_source_id,
        metric,
        {{ typed_null('float') }} as target_minutes,
        {{ typed_null('boolean') }} as is_business_hours,
        applied_at,
        loaded_at
    from assumed
    where choice = 1
)

select
    source,
    ticket_source_id,
    policy_source_id,
    metric,
    target_minutes,
    is_business_hours,
    applied_at,
    row_number() over (partition by source, ticket_source_id, metric order by applied_at desc, policy_source_id desc) = 1 as is_last,
    loaded_at
from applied
