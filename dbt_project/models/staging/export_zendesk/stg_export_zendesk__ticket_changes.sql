{{ config(enabled='export_zendesk' in var('sources')) }}
-- The changes of a ticket that facts are made of; changes of other fields stay in raw. The first status is the ticket's creation. Whom a
-- ticket was given to is not told: agents are employees.
select
    'export_zendesk' as source,
    'change:' || cast(changes.ticket_id as {{ dbt.type_string() }}) || ':' || changes.field_name
    || ':' || cast({{ to_utc('changes.updated_at') }} as {{ dbt.type_string() }}) as source_id,
    cast(changes.ticket_id as {{ dbt.type_string() }}) as ticket_source_id,
    cast(0 as bigint) as event_seq,
    case
        when changes.field_name = 'status' and changes.change_number = 1 then 'created'
        when changes.field_name = 'status' then 'status'
        when changes.field_name = 'group_id' then 'group'
        when changes.field_name = 'assignee_id' then 'assignee'
        else 'priority'
    end as event_type,
    coalesce(actors.actor_type, 'system') as actor_type,
    case when changes.field_name <> 'assignee_id' then changes.value_before end as from_value,
    case when changes.field_name <> 'assignee_id' then changes.value_redacted end as to_value,
    case when changes.field_name = 'group_id' then changes.value_redacted end as group_source_id,
    {{ to_utc('changes.updated_at') }} as happened_at,
    {{ to_utc('changes._loaded_at') }} as loaded_at,
    changes._is_deleted as is_deleted
from (
    select
        *,
        row_number() over (partition by ticket_id, field_name order by updated_at) as change_number,
        lag(value_redacted) over (partition by ticket_id, field_name order by updated_at) as value_before
    from {{ newest(source('export_zendesk', 'ticket_field_history'), ['ticket_id', 'field_name', 'updated_at']) }} as history
    where field_name in ('status', 'group_id', 'assignee_id', 'priority')
) as changes
left join {{ ref('stg_export_zendesk__actors') }} as actors on changes.user_id = actors.actor_id
