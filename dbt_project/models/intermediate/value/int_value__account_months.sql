-- Every month of every account from its first in the books to the last that is closed; a month after it left is a row of zeros, so that
-- twelve rows are twelve months. What an account paid at the start of a month is what it pays at its end, less what the month changed.
{%- set sums = ['revenue', 'recurring_revenue', 'expansion', 'contraction', 'churned', 'margin', 'cost_to_serve'] %}
with booked as (
    select
        account_key,
        month,
        {% for column in sums %}
        sum({{ column }}) as {{ column }},
        {% endfor %}
        max(loaded_at) as loaded_at
    from {{ ref('int_value__revenue_lines') }}
    where account_key is not null and is_converted
    group by account_key, month
),

months as (
    select distinct month from booked
),

spans as (
    select account_key, min(month) as first_month
    from booked
    group by account_key
),

dense as (
    select
        spans.account_key,
        months.month,
        spans.first_month,
        booked.account_key is not null as is_booked,
        {% for column in sums %}
        coalesce(booked.{{ column }}, 0) as {{ column }},
        {% endfor %}
        booked.loaded_at,
        lag(coalesce(booked.recurring_revenue, 0)) over (partition by spans.account_key order by months.month) as recurring_before
    from spans
    inner join months on spans.first_month <= months.month
    left join booked on spans.account_key = booked.account_key and months.month = booked.month
),

judged as (
    select
        dense.*,
        case
            when dense.recurring_before is not null then dense.recurring_before > 0
            else dense.first_month = (select min(months.month) from months) and coalesce(terms.contract_start_date, dense.month) <= dense.month
        end as is_customer_before
    from dense
    left join {{ ref('int_value__account_terms') }} as terms on dense.account_key = terms.account_key
)

select
    account_key,
    month,
    is_booked,
    -- what came from nothing is new, also in an account that had left
    case when is_customer_before then greatest(recurring_revenue - expansion + contraction + churned, 0) else 0 end as start_recurring,
    case when is_customer_before then 0 else recurring_revenue end as new_recurring,
    case when is_customer_before then expansion else 0 end as expansion,
    case when is_customer_before then contraction else 0 end as contraction,
    case when is_customer_before then churned else 0 end as churned,
    recurring_revenue as end_recurring,
    revenue,
    margin,
    cost_to_serve,
    first_month,
    loaded_at
from judged
