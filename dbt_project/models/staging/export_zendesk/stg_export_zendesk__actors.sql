{{ config(enabled='export_zendesk' in var('sources')) }}
-- Who acts on tickets, as a kind and never as a person.
select
    id as actor_id,
    case when role in ('agent', 'admin') then 'agent' else 'requester' end as actor_type
from {{ newest(source('export_zendesk', 'users')) }} as users
