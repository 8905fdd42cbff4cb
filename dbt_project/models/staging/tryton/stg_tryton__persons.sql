{{ config(enabled='tryton' in var('sources')) }}
-- Whom a customer's party is reached by. A party that was merged into another has given its contacts to that one.
select
    'tryton' as source,
    accounts.source_id,
    contacts.email_token,
    contacts.phone_token,
    accounts.source_id as account_source_id,
    contacts.country,
    parties.language,
    accounts.created_at,
    accounts.updated_at,
    accounts.loaded_at,
    accounts.is_deleted
from {{ ref('stg_tryton__accounts') }} as accounts
inner join {{ newest(source('tryton', 'parties')) }} as parties on accounts.source_id = cast(parties.id as {{ dbt.type_string() }})
inner join {{ ref('stg_tryton__party_contacts') }} as contacts on parties.id = contacts.party_id
where contacts.email_token is not null or contacts.phone_token is not null
