{{ config(enabled='request_tracker' in var('sources')) }}
-- Requesters only: agents are employees, whose tokens are of another domain.
select
    'request_tracker' as source,
    cast(users.id as {{ dbt.type_string() }}) as source_id,
    users.email_address_customer_token as email_token,
    coalesce(users.mobile_phone_customer_token, users.work_phone_customer_token, users.home_phone_customer_token) as phone_token,
    users.real_name_surname_token as surname_token,
    users.email_address_is_role as is_role_address,
    users.country,
    users.lang as language,
    users.timezone as time_zone,
    {{ to_utc('users.created') }} as created_at,
    {{ to_utc('users.last_updated') }} as updated_at,
    {{ to_utc('users._loaded_at') }} as loaded_at,
    users._is_deleted as is_deleted,
    {{ to_utc('users.version_at') }} as version_at,
    users.is_newest
from {{ versions(source('request_tracker', 'users')) }} as users
inner join {{ ref('stg_request_tracker__actors') }} as actors on users.id = actors.actor_id
where actors.actor_type = 'requester'
