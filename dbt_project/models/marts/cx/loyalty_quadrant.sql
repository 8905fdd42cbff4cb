{% set share = wilson('accounts', 'customers') %}
with placed as (
    select month, month_day, segment, attitude, loyalty, orders, is_repeat_buyer, end_recurring, is_dissatisfied, lock_in
    from {{ ref('fct_account_standing') }}
    where is_customer
),

cells as (
    select
        month,
        case when grouping(segment) = 1 then 'all' else segment end as segment,
        loyalty,
        count(*) as accounts,
        sum(end_recurring) as recurring,
        sum(case when is_dissatisfied and lock_in > 0 then 1 else 0 end) as hostages
    from placed
    group by grouping sets ((month, loyalty), (month, segment, loyalty))
),

whole as (
    select cells.*, sum(accounts) over (partition by month, segment) as customers
    from cells
)

select
    month,
    segment,
    loyalty,
    case loyalty when 'true' then 'high' when 'latent' then 'high' when 'attitude missing' then 'missing' else 'low' end as attitude,
    case loyalty when 'true' then 'repeats' when 'spurious' then 'repeats' when 'attitude missing' then 'any' else 'does not' end as behaviour,
    cast(accounts as bigint) as accounts,
    cast(customers as bigint) as customers,
    cast(accounts as {{ dbt.type_float() }}) / customers as share,
    cast({{ share.low }} as {{ dbt.type_float() }}) as share_low,
    cast({{ share.high }} as {{ dbt.type_float() }}) as share_high,
    cast(hostages as bigint) as hostages,
    cast(recurring * 12 as {{ dbt.type_numeric() }}) as annual_recurring
from whole
