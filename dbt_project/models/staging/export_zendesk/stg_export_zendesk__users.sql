{{ config(enabled='export_zendesk' in var('sources')) }}
-- Requesters only: agents are employees, whose tokens are of another domain.
select
    'export_zendesk' as source,
    cast(users.id as {{ dbt.type_string() }}) as source_id,
    users.email_customer_token as email_token,
    users.phone_customer_token as phone_token,
    cast(users.organization_id as {{ dbt.type_string() }}) as account_source_id,
    substr(users.locale, 1, 2) as language,
    coalesce(zones.iana, case when users.time_zone like '%/%' then users.time_zone end) as time_zone,
    {{ to_utc('users.created_at') }} as created_at,
    {{ to_utc('users.updated_at') }} as updated_at,
    {{ to_utc('users._loaded_at') }} as loaded_at,
    users._is_deleted as is_deleted,
    {{ to_utc('users.version_at') }} as version_at,
    users.is_newest
from {{ versions(source('export_zendesk', 'users')) }} as users
left join {{ ref('rails_time_zones') }} as zones on users.time_zone = zones.rails
where users.role = 'end-user'
