{{ config(enabled='request_tracker' in var('sources'), materialized='table', indexes=[{'columns': ['ticket_id'], 'unique': True}]) }}
-- What only a ticket's history tells: the status it began with, the ticket it was merged into, and whether it was deleted in the end.
select
    ticket_id,
    max(case when status_number = 1 then old_value end) as first_status,
    max(case when last_status_number = 1 then new_value end) = 'deleted' as is_deleted,
    max(merged_into_ticket_id) as merged_into_ticket_id,
    max({{ to_utc('_loaded_at') }}) as loaded_at
from (
    select
        ticket_id,
        _loaded_at,
        case when transaction_type = 'Status' then old_value end as old_value,
        case when transaction_type = 'Status' then new_value end as new_value,
        case when transaction_type = 'AddLink' then nullif({{ dbt.split_part('new_value', "'/ticket/'", 2) }}, cast(ticket_id as {{ dbt.type_string() }})) end
            as merged_into_ticket_id,
        row_number() over (partition by ticket_id, transaction_type order by created, id) as status_number,
        row_number() over (partition by ticket_id, transaction_type order by created desc, id desc) as last_status_number
    from {{ newest(source('request_tracker', 'transactions')) }} as transactions
    where transaction_type in ('Status', 'AddLink')
) as telling
group by ticket_id
