{{ config(enabled='export_workday' in var('sources')) }}
-- One address a worker: which of several is the first is told only by a text that holds the worker's name, so any will do, always the same.
select
    personal_info_system_id as worker_id,
    min(email_address_token) as email_token
from {{ newest(source('export_workday', 'person_contact_email_addresses'), ['personal_info_system_id', 'id']) }} as addresses
where not _is_deleted
group by personal_info_system_id
