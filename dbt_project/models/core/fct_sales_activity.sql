-- One call, e-mail or meeting of sales that took place.
select
    {{ surrogate_key('sales_activity', ['activities.source', 'activities.source_id']) }} as sales_activity_key,
    activities.source,
    activities.source_id,
    activities.activity_type,
    coalesce(lower(activities.outcome), 'unknown') as outcome,
    activities.activity_type = 'call' and coalesce(lower(activities.outcome) in ('connected', 'answered', 'reached'), false) as is_connected,
    activities.happened_at,
    cast({{ business_day('activities.happened_at') }} as date) as happened_day,
    persons.person_key,
    keys.account_key,
    coalesce(accounts.country, 'unknown') as country,
    coalesce(accounts.segment, 'unknown') as segment,
    coalesce(accounts.industry, 'unknown') as industry,
    coalesce(accounts.strategic, 'unknown') as strategic,
    activities.loaded_at
from {{ ref('input__crm_activities') }} as activities
cross join {{ ref('int_value__clock') }} as clock
left join {{ ref('int_identity__account_keys') }} as keys
    on activities.source = keys.source and activities.account_source_id = keys.source_id
left join {{ ref('int_identity__person_keys') }} as persons
    on activities.source = persons.source and activities.person_source_id = persons.source_id
{{ join_as_of('account', 'accounts', 'keys.account_key', 'activities.happened_at') }}
where activities.activity_type in ('call', 'email', 'meeting')
    and activities.happened_at <= clock.as_of_at
    and not coalesce(activities.is_deleted, false)
