{{ config(enabled='intercom' in var('sources')) }}
-- A part may be two steps: whoever closes or reopens a conversation can say something with it.
with parts as (
    select
        *,
        case
            when part_type = 'close' then 'solved'
            when part_type = 'snoozed' then 'pending'
            when part_type = 'open' or part_type like '%reopen' or part_type like '%unsnooze%' then 'open'
        end as new_status
    from {{ newest(source('intercom', 'conversation_parts'), key=['conversation_id', 'id']) }} as newest_parts
)

select
    'intercom' as source,
    parts.conversation_id || ':' || parts.id || ':' || steps.step as source_id,
    parts.conversation_id as ticket_source_id,
    cast(parts.id as bigint) * 2 + steps.place as event_seq,
    case
        when steps.step = 'message' then 'comment'
        when parts.new_status is not null then 'status'
        when parts.assigned_to_type = 'team' then 'group'
        else 'assignee'
    end as event_type,
    {{ intercom_actor('parts.author_type') }} as actor_type,
    case when steps.step = 'message' then parts.part_type not like 'note%' and parts.part_type not like '%assign%' end as is_public,
    case when steps.step = 'state' then parts.new_status end as to_value,
    case when steps.step = 'state' and parts.assigned_to_type = 'team' then parts.assigned_to_id end as group_source_id,
    case when steps.step = 'state' and parts.assigned_to_type = 'team' then teams.name end as group_name,
    case when steps.step = 'message' then parts.body_redacted end as comment_redacted,
    {{ to_utc('parts.created_at') }} as happened_at,
    {{ to_utc('parts._loaded_at') }} as loaded_at,
    parts._is_deleted as is_deleted
from parts
inner join (select 'message' as step, 0 as place union all select 'state' as step, 1 as place) as steps
    on (steps.step = 'message' and (parts.part_type in ('comment', 'note') or parts.body_length > 0))
    or (steps.step = 'state' and (parts.new_status is not null or parts.part_type like '%assign%'))
left join {{ newest(source('intercom', 'teams')) }} as teams on parts.assigned_to_id = teams.id
