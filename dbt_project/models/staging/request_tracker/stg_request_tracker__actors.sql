{{ config(enabled='request_tracker' in var('sources'), materialized='table', indexes=[{'columns': ['actor_id'], 'unique': True}]) }}
-- Who acts on tickets, as a kind and never as a person. RT's own users, RT_System and Nobody, are those who have no address: a requester
-- is known by one.
select
    id as actor_id,
    case when is_privileged then 'agent' when email_address_customer_token is null then 'system' else 'requester' end as actor_type
from {{ newest(source('request_tracker', 'users')) }} as users
