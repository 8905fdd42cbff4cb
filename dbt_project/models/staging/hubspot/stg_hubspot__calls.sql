{{ config(enabled='hubspot' in var('sources')) }}
-- The outcome of a call is its disposition, in the words of the account.
select
    'hubspot' as source,
    'call:' || calls.id as source_id,
    'call' as activity_type,
    {{ json_first('calls.contacts', 'id') }} as person_source_id,
    {{ json_first('calls.companies', 'id') }} as account_source_id,
    calls.owner_id as owner_source_id,
    coalesce(calls.disposition, calls.status) as outcome,
    {{ to_utc('calls.happened_at') }} as happened_at,
    {{ to_utc('calls._loaded_at') }} as loaded_at,
    calls._is_deleted as is_deleted
from {{ newest(source('hubspot', 'calls')) }} as calls
