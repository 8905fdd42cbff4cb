{{ config(enabled='tryton' in var('sources')) }}
-- Every party that is neither an employee nor the company itself: Tryton does not say which are companies.
select
    'tryton' as source,
    cast(parties.id as {{ dbt.type_string() }}) as source_id,
    parties.called_customer_token as name_token,
    contacts.country,
    {{ to_utc('parties.create_date') }} as created_at,
    {{ to_utc('coalesce(parties.write_date, parties.create_date)') }} as updated_at,
    greatest({{ to_utc('parties._loaded_at') }}, contacts.loaded_at) as loaded_at,
    parties._is_deleted as is_deleted
from {{ newest(source('tryton', 'parties')) }} as parties
left join {{ ref('stg_tryton__party_contacts') }} as contacts on parties.id = contacts.party_id
where parties.party_kind = 'party.party' and parties.company_kind = 'party.party'
