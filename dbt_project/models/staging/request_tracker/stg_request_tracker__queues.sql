{{ config(enabled='request_tracker' in var('sources'), materialized='table', indexes=[{'columns': ['queue_id'], 'unique': True}]) }}
select
    cast(id as {{ dbt.type_string() }}) as queue_id,
    name,
    {{ to_utc('_loaded_at') }} as loaded_at
from {{ newest(source('request_tracker', 'queues')) }} as queues
