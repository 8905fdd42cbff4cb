-- One stage that an opportunity came to, with how long it stayed, and at the last one why it was won or lost.
with entries as (
    select
        activities.*,
        coalesce(activities.opportunity_source_id, activities.source_id) as opportunity_id,
        row_number() over (
            partition by activities.source, coalesce(activities.opportunity_source_id, activities.source_id)
            order by activities.happened_at asc, activities.source_id asc
        ) as stage_number,
        lead(activities.happened_at) over (
            partition by activities.source, coalesce(activities.opportunity_source_id, activities.source_id)
            order by activities.happened_at asc, activities.source_id asc
        ) as left_at
    from {{ ref('input__crm_activities') }} as activities
    where activities.activity_type = 'opportunity_stage' and activities.happened_at is not null and not coalesce(activities.is_deleted, false)
)

select
    {{ surrogate_key('opportunity_stage', ['entries.source', 'entries.source_id']) }} as opportunity_stage_key,
    {{ surrogate_key('opportunity', ['entries.source', 'entries.opportunity_id']) }} as opportunity_key,
    entries.source,
    entries.source_id,
    cast(entries.stage_number as bigint) as stage_number,
    coalesce(entries.stage, 'unknown') as stage,
    coalesce(entries.outcome, 'open') as outcome,
    coalesce(lower(entries.opportunity_type), 'unknown') as opportunity_type,
    {{ in_reporting_currency('entries.amount', 'rates.rate') }} as amount,
    case when entries.outcome is not null then coalesce({{ sales_reason('entries.reason') }}, 'unknown') else 'all' end as reason,
    entries.competitor is not null as is_competitor_named,
    entries.happened_at as entered_at,
    entries.left_at,
    cast({{ business_day('entries.happened_at') }} as date) as entered_day,
    {{ minutes_between('entries.happened_at', 'entries.left_at') }} as stage_minutes,
    persons.person_key,
    keys.account_key,
    coalesce(accounts.country, 'unknown') as country,
    coalesce(accounts.segment, 'unknown') as segment,
    coalesce(accounts.industry, 'unknown') as industry,
    coalesce(accounts.strategic, 'unknown') as strategic,
    entries.loaded_at
from entries
left join {{ ref('int_identity__account_keys') }} as keys
    on entries.source = keys.source and entries.account_source_id = keys.source_id
left join {{ ref('int_identity__person_keys') }} as persons
    on entries.source = persons.source and entries.person_source_id = persons.source_id
{{ join_rate('rates', 'entries.currency', 'entries.happened_at') }}
{{ join_as_of('account', 'accounts', 'keys.account_key', 'entries.happened_at') }}
