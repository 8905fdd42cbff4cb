{{ config(
    enabled='zendesk' in var('sources'),
    meta={'delta': {'key': ['id'], 'ids': "cast(id as text)", 'touched_by': {'zendesk.users': ['id']}}}
) }}
-- Requesters only: agents are employees, whose tokens are of another domain.
select
    'zendesk' as source,
    cast(users.id as {{ dbt.type_string() }}) as source_id,
    users.email_customer_token as email_token,
    users.phone_customer_token as phone_token,
    users.name_surname_token as surname_token,
    users.email_is_role as is_role_address,
    case when users.external_id is not null then 'salesforce' end as external_source,
    users.external_id,
    cast(users.organization_id as {{ dbt.type_string() }}) as account_source_id,
    users.contact_role as role,
    coalesce(users.language, substr(users.locale, 1, 2)) as language,
    users.iana_time_zone as time_zone,
    users.verified as is_verified,
    {{ to_utc('users.created_at') }} as created_at,
    {{ to_utc('users.updated_at') }} as updated_at,
    {{ to_utc('users._loaded_at') }} as loaded_at,
    users._is_deleted as is_deleted,
    {{ to_utc('users.version_at') }} as version_at,
    users.is_newest
from {{ versions(source('zendesk', 'users')) }} as users
where users.role = 'end-user'
