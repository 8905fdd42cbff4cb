{{ config(
    enabled='zendesk' in var('sources'),
    materialized='incremental',
    incremental_strategy='tracked',
    unique_key=['actor_id'],
    on_schema_change='fail',
    indexes=[{'columns': ['actor_id'], 'unique': True}]
) }}
-- Who acts on tickets, as a kind and never as a person: agents are employees, and the answer bot is an agent with a tag.
select
    id as actor_id,
    case
        when role in ('agent', 'admin') and {{ json_list_holds('tags', 'bot') }} then 'bot'
        when role in ('agent', 'admin') then 'agent'
        else 'requester'
    end as actor_type,
    {{ built_at() }} as _built_at
from {{ newest(source('zendesk', 'users')) }} as users
