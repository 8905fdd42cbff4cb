{% set share = wilson('otif', 'due') %}
with lines as (
    select
        days.quarter_start as quarter,
        lines.partner_key,
        max(lines.role) as role,
        max(lines.partner_type) as partner_type,
        count(*) as lines,
        sum(case when lines.is_due then 1 else 0 end) as due,
        sum(case when lines.is_due and lines.is_otif then 1 else 0 end) as otif,
        sum(case when lines.is_due and lines.is_on_time then 1 else 0 end) as on_time,
        sum(case when lines.is_due and lines.is_in_full then 1 else 0 end) as in_full,
        sum(case when lines.disputed_at is not null then 1 else 0 end) as disputes,
        sum(case when lines.disputed_at is not null and not lines.is_dispute_settled then 1 else 0 end) as disputes_open,
        percentile_cont(0.5) within group (order by lines.dispute_minutes) as dispute_minutes,
        sum(lines.amount) as amount
    from {{ ref('fct_order_line') }} as lines
    inner join {{ ref('dim_date') }} as days on lines.promised_day = days.day
    where lines.role <> 'customer' and lines.partner_key is not null
    group by days.quarter_start, lines.partner_key
)

select
    quarter,
    partner_key,
    role,
    partner_type,
    cast(lines as bigint) as order_lines,
    cast(due as bigint) as due,
    cast(on_time as {{ dbt.type_float() }}) / nullif(due, 0) as on_time_share,
    cast(in_full as {{ dbt.type_float() }}) / nullif(due, 0) as in_full_share,
    cast(otif as {{ dbt.type_float() }}) / nullif(due, 0) as otif_share,
    case when due > 0 then cast({{ share.low }} as {{ dbt.type_float() }}) end as otif_low,
    case when due > 0 then cast({{ share.high }} as {{ dbt.type_float() }}) end as otif_high,
    cast(disputes as bigint) as disputes,
    cast(disputes_open as bigint) as disputes_open,
    cast(dispute_minutes / 1440 as {{ dbt.type_float() }}) as dispute_days_median,
    cast(amount as {{ dbt.type_numeric() }}) as amount
from lines
