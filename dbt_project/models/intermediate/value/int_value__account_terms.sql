-- What binds each account and why it came: the system that owns the account speaks first, others fill what it leaves out.
{%- set columns = [
    'segment', 'contract_start_date', 'contract_end_date', 'annual_revenue', 'switching_fee', 'notice_days', 'acquisition_reason'
] %}
with records as (
    select
        keys.account_key,
        accounts.*,
        row_number() over (
            partition by keys.account_key
            order by case when keys.is_origin then 0 else 1 end asc, accounts.updated_at desc nulls last, accounts.source asc, accounts.source_id asc
        ) as record_number
    from {{ ref('int_identity__account_keys') }} as keys
    inner join {{ ref('input__accounts') }} as accounts
        on keys.source = accounts.source and keys.source_id = accounts.source_id
),

merged as (
    select
        account_key,
        {% for column in columns + ['currency'] %}
        coalesce(max(case when record_number = 1 then {{ column }} end), max({{ column }})) as {{ column }},
        {% endfor %}
        {% for column in ['auto_renews', 'is_export_available', 'is_strategic'] %}
        coalesce(max(case when record_number = 1 then case when {{ column }} then 1 when not {{ column }} then 0 end end),
            max(case when {{ column }} then 1 when not {{ column }} then 0 end)) as {{ column }},
        {% endfor %}
        max(updated_at) as updated_at
    from records
    group by account_key
)

select
    merged.account_key,
    coalesce(merged.segment, 'unknown') as segment,
    merged.contract_start_date,
    merged.contract_end_date,
    merged.auto_renews = 1 as auto_renews,
    merged.is_export_available = 1 as is_export_available,
    merged.is_strategic = 1 as is_declared_strategic,
    merged.notice_days,
    {{ in_reporting_currency('merged.switching_fee', 'rates.rate') }} as switching_fee,
    cast(merged.switching_fee / nullif(merged.annual_revenue, 0) as {{ dbt.type_float() }}) as switching_fee_share,
    {{ acquisition_origin('merged.acquisition_reason') }} as acquisition_origin
from merged
cross join {{ ref('int_value__clock') }} as clock
{{ join_rate('rates', 'merged.currency', 'clock.as_of_at') }}
