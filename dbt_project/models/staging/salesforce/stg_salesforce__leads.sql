{{ config(
    enabled='salesforce' in var('sources'),
    meta={'delta': {'key': ['id'], 'ids': "id", 'touched_by': {'salesforce.leads': ['id']}}}
) }}
-- Prospects: a lead that was converted lives on as the contact it became.
select
    'salesforce' as source,
    leads.id as source_id,
    leads.email_token,
    coalesce(leads.mobile_phone_token, leads.phone_token) as phone_token,
    leads.last_name_surname_token as surname_token,
    leads.email_is_role as is_role_address,
    'prospect' as role,
    leads.country,
    {{ to_utc('leads.created_at') }} as created_at,
    {{ to_utc('leads.system_modstamp') }} as updated_at,
    {{ to_utc('leads._loaded_at') }} as loaded_at,
    leads._is_deleted as is_deleted,
    {{ to_utc('leads.version_at') }} as version_at,
    leads.is_newest
from {{ versions(source('salesforce', 'leads')) }} as leads
where not coalesce(leads.is_converted, false)
