{{ config(enabled='request_tracker' in var('sources')) }}
{% set types = {'Create': 'created', 'Correspond': 'comment', 'Comment': 'comment', 'Status': 'status', 'SetWatcher': 'assignee'} %}
-- RT's own log of transactions; a merge is told of by the ticket. Who owned a ticket goes no further than raw.
select
    'request_tracker' as source,
    cast(transactions.id as {{ dbt.type_string() }}) as source_id,
    cast(transactions.ticket_id as {{ dbt.type_string() }}) as ticket_source_id,
    transactions.id as event_seq,
    case
        {% for transaction_type, name in types.items() %}
        when transactions.transaction_type = '{{ transaction_type }}' then '{{ name }}'
        {% endfor %}
        when transactions.field_name = 'Queue' then 'group'
        when transactions.field_name = 'Priority' then 'priority'
    end as event_type,
    case when transactions.creator_id = 1 then 'system' else coalesce(actors.actor_type, 'system') end as actor_type,
    case when transactions.transaction_type in ('Create', 'Correspond') then true when transactions.transaction_type = 'Comment' then false end
        as is_public,
    case when transactions.transaction_type <> 'SetWatcher' then {{ request_tracker_status('transactions.old_value') }} end as from_value,
    case
        when transactions.transaction_type = 'Create' then {{ request_tracker_status('coalesce(links.first_status, tickets.status)') }}
        when transactions.transaction_type <> 'SetWatcher' then {{ request_tracker_status('transactions.new_value') }}
    end as to_value,
    case when transactions.field_name = 'Queue' then transactions.new_value end as group_source_id,
    queues.name as group_name,
    queues_before.name as from_group_name,
    {{ to_utc('transactions.created') }} as happened_at,
    {{ to_utc('transactions._loaded_at') }} as loaded_at,
    transactions._is_deleted as is_deleted
from {{ newest(source('request_tracker', 'transactions')) }} as transactions
left join {{ ref('stg_request_tracker__ticket_links') }} as links on transactions.ticket_id = links.ticket_id
left join {{ newest(source('request_tracker', 'tickets')) }} as tickets on transactions.ticket_id = tickets.id
left join {{ ref('stg_request_tracker__actors') }} as actors on transactions.creator_id = actors.actor_id
left join {{ ref('stg_request_tracker__queues') }} as queues on transactions.field_name = 'Queue' and transactions.new_value = queues.queue_id
left join {{ ref('stg_request_tracker__queues') }} as queues_before
    on transactions.field_name = 'Queue' and transactions.old_value = queues_before.queue_id
where transactions.transaction_type <> 'AddLink'
