{{ config(enabled='export_zendesk' in var('sources')) }}
-- A comment of someone who is not among the exported users counts as the system's: a guess would make an answer out of a question.
select
    'export_zendesk' as source,
    'comment:' || cast(comments.id as {{ dbt.type_string() }}) as source_id,
    cast(comments.ticket_id as {{ dbt.type_string() }}) as ticket_source_id,
    comments.id as event_seq,
    'comment' as event_type,
    coalesce(actors.actor_type, 'system') as actor_type,
    comments.is_public,
    comments.body_redacted as comment_redacted,
    {{ to_utc('comments.created_at') }} as happened_at,
    {{ to_utc('comments._loaded_at') }} as loaded_at,
    comments._is_deleted as is_deleted
from {{ newest(source('export_zendesk', 'ticket_comments')) }} as comments
left join {{ ref('stg_export_zendesk__actors') }} as actors on comments.user_id = actors.actor_id
