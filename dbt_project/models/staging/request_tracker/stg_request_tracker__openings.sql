{{ config(enabled='request_tracker' in var('sources')) }}
-- A ticket's creation is its first message too: whoever answers after it answers, and does not ask.
select
    'request_tracker' as source,
    cast(transactions.id as {{ dbt.type_string() }}) || ':opening' as source_id,
    cast(transactions.ticket_id as {{ dbt.type_string() }}) as ticket_source_id,
    transactions.id as event_seq,
    'comment' as event_type,
    case when transactions.creator_id = 1 then 'system' else coalesce(actors.actor_type, 'system') end as actor_type,
    true as is_public,
    {{ to_utc('transactions.created') }} as happened_at,
    {{ to_utc('transactions._loaded_at') }} as loaded_at,
    transactions._is_deleted as is_deleted
from {{ newest(source('request_tracker', 'transactions')) }} as transactions
left join {{ ref('stg_request_tracker__actors') }} as actors on transactions.creator_id = actors.actor_id
where transactions.transaction_type = 'Create'
