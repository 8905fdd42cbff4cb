{{ config(enabled='export_zendesk' in var('sources')) }}
-- What other tables tell of a ticket: the one it was merged into, the hours it was last given, and the tags that take it out of the count.
with told as (
    select
        cast(merged.item as {{ dbt.type_string() }}) as ticket_id,
        cast(tickets.id as {{ dbt.type_string() }}) as merged_into_ticket_id,
        cast(null as {{ dbt.type_string() }}) as schedule_id,
        cast(null as {{ dbt.type_string() }}) as tag
    from {{ newest(source('export_zendesk', 'tickets')) }} as tickets
    {{ json_objects('tickets.merged_ticket_ids', 'merged') }}
    union all
    select cast(ticket_id as {{ dbt.type_string() }}), null, cast(schedule_id as {{ dbt.type_string() }}), null
    from (
        select
            *,
            row_number() over (partition by ticket_id order by created_at desc) as given_number
        from {{ newest(source('export_zendesk', 'ticket_schedules'), ['ticket_id', 'created_at']) }} as schedules
    ) as given
    where given_number = 1
    union all
    select cast(ticket_id as {{ dbt.type_string() }}), null, null, tag
    from {{ newest(source('export_zendesk', 'ticket_tags'), ['ticket_id', 'tag']) }} as tags
    where tag in ('internal', 'spam')
)

select
    ticket_id,
    max(merged_into_ticket_id) as merged_into_ticket_id,
    max(schedule_id) as schedule_id,
    coalesce(max(case when tag = 'internal' then 1 else 0 end), 0) = 1 as is_internal,
    coalesce(max(case when tag = 'spam' then 1 else 0 end), 0) = 1 as is_spam
from told
group by ticket_id
