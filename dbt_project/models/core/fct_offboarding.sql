-- One notice of a customer and how the parting went. Parted with: notice confirmed, data handed over, final invoice right, data deleted.
{%- set rule = var('config').loyalty.leaving %}
with notices as (
    select
        notices.*,
        coalesce(own.account_key, other.account_key) as account_key,
        persons.person_key,
        clock.as_of_at,
        case
            when notices.confirmed_at is not null and notices.export_delivered_at is not null
                and notices.final_invoice_at is not null and notices.data_deleted_at is not null
                then greatest(
                    notices.confirmed_at, notices.export_delivered_at, notices.data_deleted_at,
                    coalesce(notices.final_invoice_corrected_at, notices.final_invoice_at)
                )
        end as closed_at
    from {{ ref('input__offboardings') }} as notices
    cross join {{ ref('int_value__clock') }} as clock
    left join {{ ref('int_identity__account_keys') }} as own
        on notices.source = own.source and notices.account_source_id = own.source_id
    left join {{ ref('int_identity__account_keys') }} as other
        on notices.external_source = other.source and notices.external_id = other.source_id
    left join {{ ref('int_identity__person_keys') }} as persons
        on notices.source = persons.source and notices.person_source_id = persons.source_id
    where not coalesce(notices.is_deleted, false) and notices.notice_at is not null
)

select
    {{ surrogate_key('offboarding', ['notices.source', 'notices.source_id']) }} as offboarding_key,
    notices.source,
    notices.source_id,
    notices.account_key,
    notices.person_key,
    coalesce({{ sales_reason('notices.exit_reason') }}, 'unknown') as reason,
    notices.notice_at,
    cast({{ business_day('notices.notice_at') }} as date) as notice_day,
    notices.confirmed_at,
    notices.service_ends_on,
    notices.export_delivered_at,
    notices.final_invoice_at,
    notices.final_invoice_corrected_at is not null as is_invoice_wrong,
    notices.final_invoice_corrected_at,
    notices.deletion_promised_on,
    notices.data_deleted_at,
    notices.exit_rating,
    notices.exit_rating_max,
    notices.post_notice_contacts,
    coalesce(notices.post_notice_contacts <= {{ rule.contacts_at_most }}, false) as is_within_contact_policy,
    notices.returned_on,
    {{ minutes_between('notices.notice_at', 'notices.confirmed_at') }} as confirm_minutes,
    notices.closed_at is not null as is_closed,
    {{ minutes_between('notices.notice_at', 'notices.closed_at') }} as close_minutes,
    coalesce({{ dbt.datediff('notices.service_ends_on', 'notices.returned_on', 'day') }} <= {{ rule.returned_within_days }}, false) as is_boomerang,
    cast(notices.service_ends_on as timestamp) as left_at,
    {{ minutes_between('cast(notices.service_ends_on as timestamp)', 'cast(notices.returned_on as timestamp)') }} as away_minutes,
    notices.returned_on is not null as is_returned,
    coalesce(accounts.country, 'unknown') as country,
    coalesce(accounts.segment, 'unknown') as segment,
    coalesce(accounts.industry, 'unknown') as industry,
    coalesce(accounts.strategic, 'unknown') as strategic,
    notices.loaded_at
from notices
{{ join_as_of('account', 'accounts', 'notices.account_key', 'notices.notice_at') }}
