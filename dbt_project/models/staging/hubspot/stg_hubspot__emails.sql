{{ config(enabled='hubspot' in var('sources')) }}
-- The person and the account are the first of those associated.
select
    'hubspot' as source,
    'email:' || emails.id as source_id,
    'email' as activity_type,
    {{ json_first('emails.contacts', 'id') }} as person_source_id,
    {{ json_first('emails.companies', 'id') }} as account_source_id,
    emails.owner_id as owner_source_id,
    emails.status as outcome,
    {{ to_utc('emails.happened_at') }} as happened_at,
    {{ to_utc('emails._loaded_at') }} as loaded_at,
    emails._is_deleted as is_deleted
from {{ newest(source('hubspot', 'emails')) }} as emails
