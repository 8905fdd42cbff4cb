{{ config(
    enabled='zendesk' in var('sources'),
    meta={'delta': {'key': ['id'], 'ids': "cast(id as text)",
        'touched_by': {'zendesk.ticket_events': ['id'], 'zendesk.users': zendesk_events_of_changed_actors()}}}
) }}
{% set fields = {'group_id': 'group', 'assignee_id': 'assignee', 'priority': 'priority'} %}
-- The steps that facts are made of; other changes of a ticket stay in raw.
select
    'zendesk' as source,
    cast(events.id as {{ dbt.type_string() }}) as source_id,
    cast(events.ticket_id as {{ dbt.type_string() }}) as ticket_source_id,
    events.id as event_seq,
    case
        when events.event_type = 'Comment' then 'comment'
        when events.status is not null and events.event_type = 'Create' then 'created'
        when events.status is not null then 'status'
        when events.new_schedule_id is not null then 'schedule'
        {% for field, name in fields.items() %}
        when events.{{ field }} is not null then '{{ name }}'
        {% endfor %}
    end as event_type,
    case when events.updater_id = -1 then 'system' else coalesce(actors.actor_type, 'system') end as actor_type,
    coalesce(events.is_public, events.comment_public) as is_public,
    events.previous_value as from_value,
    coalesce(events.status, events.priority, cast(coalesce(events.group_id, events.new_schedule_id) as {{ dbt.type_string() }})) as to_value,
    cast(events.group_id as {{ dbt.type_string() }}) as group_source_id,
    groups.group_name,
    groups_before.group_name as from_group_name,
    events.body_redacted as comment_redacted,
    {{ to_utc('coalesce(events.created_at, events.audit_created_at)') }} as happened_at,
    {{ to_utc('events._loaded_at') }} as loaded_at,
    events._is_deleted as is_deleted
from {{ newest(source('zendesk', 'ticket_events')) }} as events
left join {{ ref('stg_zendesk__actors') }} as actors on coalesce(events.author_id, events.updater_id) = actors.actor_id
left join {{ ref('stg_zendesk__groups') }} as groups on events.group_id = groups.group_id
left join {{ ref('stg_zendesk__groups') }} as groups_before
    on events.group_id is not null and events.previous_value = cast(groups_before.group_id as {{ dbt.type_string() }})
where events.event_type = 'Comment' or events.status is not null
    or events.group_id is not null or events.assignee_id is not null or events.priority is not null or events.new_schedule_id is not null
