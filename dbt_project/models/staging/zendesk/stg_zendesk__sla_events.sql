{{ config(enabled='zendesk' in var('sources')) }}
-- Which target was applied to a ticket when, and the vendor's own word on whether it was kept.
select
    'zendesk' as source,
    cast(events.id as {{ dbt.type_string() }}) as source_id,
    cast(events.ticket_id as {{ dbt.type_string() }}) as ticket_source_id,
    cast(events.policy_id as {{ dbt.type_string() }}) as policy_source_id,
    {{ zendesk_sla_metric('events.metric', 'events.instance_id') }} as metric,
    case events.type when 'apply_sla' then 'apply' else events.type end as event_type,
    cast(events.target_minutes as {{ dbt.type_float() }}) as target_minutes,
    events.is_business_hours,
    events.happened_at_utc as happened_at,
    {{ to_utc('events._loaded_at') }} as loaded_at,
    events._is_deleted as is_deleted
from (
    select *, {{ to_utc('happened_at') }} as happened_at_utc
    from {{ newest(source('zendesk', 'ticket_metric_events')) }} as metric_events
) as events
where events.type in ('apply_sla', 'fulfill', 'breach')
