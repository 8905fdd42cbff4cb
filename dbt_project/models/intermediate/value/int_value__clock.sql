-- The newest moment that any system of customers tells of: what is due, open or late is judged by it, never by the wall clock. What is
-- planned, such as a meeting of next week, is no such moment.
with moments as (
    select max(updated_at) as told_at from {{ ref('input__tickets') }}
    union all
    select max(answered_at) as told_at from {{ ref('input__survey_answers') }}
    union all
    select max(updated_at) as told_at from {{ ref('input__order_lines') }}
    union all
    select max(updated_at) as told_at from {{ ref('input__partner_orders') }}
    union all
    select max(updated_at) as told_at from {{ ref('input__offboardings') }}
    union all
    select max(updated_at) as told_at from {{ ref('input__account_revenue') }}
)

select
    max(told_at) as as_of_at,
    cast({{ business_day('max(told_at)') }} as date) as as_of_day
from moments
