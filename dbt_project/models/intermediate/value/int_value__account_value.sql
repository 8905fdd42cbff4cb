-- The value of each account at the last closed month: what is expected of it, and beside it what it has brought so far.
-- Lifetime value of a customer with margin m a year, retention r and discount i, first margin in a year: m r / (1 + i - r).
with latest as (
    select max(month) as month from {{ ref('int_value__account_months') }}
),

years as (
    select
        months.account_key,
        terms.segment,
        max(case when months.month = latest.month then months.end_recurring end) as end_recurring,
        max(case when months.month = {{ dbt.dateadd('month', -12, 'latest.month') }} then months.end_recurring end) as recurring_year_ago,
        sum(case when months.month > {{ dbt.dateadd('month', -12, 'latest.month') }} then months.margin else 0 end) as margin_year,
        sum(case when months.month > {{ dbt.dateadd('month', -12, 'latest.month') }} and months.is_booked then 1 else 0 end) as months_of_year,
        sum(months.margin) as historical_value
    from {{ ref('int_value__account_months') }} as months
    cross join latest
    left join {{ ref('int_value__account_terms') }} as terms on months.account_key = terms.account_key
    group by months.account_key, terms.segment
),

retained as (
    select
        segment,
        grouping(segment) as is_total,
        sum(case when recurring_year_ago > 0 then 1 else 0 end) as base,
        sum(case when recurring_year_ago > 0 and end_recurring > 0 then 1 else 0 end) as kept
    from years
    group by grouping sets ((segment), ())
),

-- a segment with fewer than 30 accounts a year ago takes the retention of all
rates as (
    select
        segments.segment,
        case when segments.base >= 30 then segments.kept * 1.0 / segments.base else total.kept * 1.0 / nullif(total.base, 0) end as retention
    from retained as segments
    inner join retained as total on total.is_total = 1
    where segments.is_total = 0
)

select
    years.account_key,
    coalesce(years.segment, 'unknown') as segment,
    coalesce(years.end_recurring, 0) > 0 as is_active,
    cast(coalesce(years.end_recurring, 0) * 12 as {{ dbt.type_numeric() }}) as annual_recurring,
    cast(years.margin_year * 12 / nullif(years.months_of_year, 0) as {{ dbt.type_numeric() }}) as margin_a_year,
    cast(rates.retention as {{ dbt.type_float() }}) as retention_a_year,
    cast(case when coalesce(years.end_recurring, 0) > 0
        then years.margin_year * 12 / nullif(years.months_of_year, 0)
            * rates.retention / nullif(1 + {{ var('config').loyalty.discount_rate_annual }} - rates.retention, 0)
    end as {{ dbt.type_numeric() }}) as lifetime_value,
    cast(years.historical_value as {{ dbt.type_numeric() }}) as historical_value
from years
left join rates on coalesce(years.segment, 'unknown') = coalesce(rates.segment, 'unknown')
