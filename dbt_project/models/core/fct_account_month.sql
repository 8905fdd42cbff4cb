-- One closed month of an account that was a customer in it or a year before, in the reporting currency.
with months as (
    select
        *,
        lag(end_recurring, 12) over (partition by account_key order by month) as recurring_year_ago,
        {% for column in ['expansion', 'contraction', 'churned', 'revenue', 'margin'] %}
        sum({{ column }}) over (partition by account_key order by month rows between 11 preceding and current row) as {{ column }}_year,
        {% endfor %}
        sum(revenue) over (partition by account_key order by month rows between 23 preceding and 12 preceding) as revenue_year_before
    from {{ ref('int_value__account_months') }}
),

tickets as (
    select tickets.account_key, days.month_start as month, count(*) as tickets
    from {{ ref('fct_ticket') }} as tickets
    inner join {{ ref('dim_date') }} as days on tickets.created_day = days.day
    where tickets.is_valid and tickets.account_key is not null
    group by tickets.account_key, days.month_start
)

select
    {{ surrogate_key('account_month', ['months.account_key', 'months.month']) }} as account_month_key,
    months.account_key,
    months.month,
    days.month_day,
    months.is_booked,
    months.first_month,
    months.start_recurring,
    months.new_recurring,
    months.expansion,
    months.contraction,
    months.churned,
    months.end_recurring,
    months.revenue,
    months.margin,
    months.cost_to_serve,
    cast(coalesce(tickets.tickets, 0) as bigint) as tickets,
    months.start_recurring > 0 as is_customer_before,
    months.end_recurring > 0 as is_customer,
    months.start_recurring > 0 and months.end_recurring <= 0 as is_lost,
    coalesce(months.recurring_year_ago, 0) as recurring_year_ago,
    {% for column in ['expansion', 'contraction', 'churned'] %}
    case when months.recurring_year_ago > 0 then months.{{ column }}_year else 0 end as {{ column }}_year,
    {% endfor %}
    months.revenue_year,
    coalesce(months.revenue_year_before, 0) as revenue_year_before,
    terms.acquisition_origin,
    coalesce(accounts.country, 'unknown') as country,
    coalesce(accounts.segment, 'unknown') as segment,
    coalesce(accounts.industry, 'unknown') as industry,
    coalesce(accounts.strategic, 'unknown') as strategic,
    months.loaded_at
from months
inner join {{ ref('int_value__month_days') }} as days on months.month = days.month
left join tickets on months.account_key = tickets.account_key and months.month = tickets.month
left join {{ ref('int_value__account_terms') }} as terms on months.account_key = terms.account_key
{{ join_as_of('account', 'accounts', 'months.account_key', 'cast(days.month_day as timestamp)') }}
where months.start_recurring > 0 or months.end_recurring > 0 or months.recurring_year_ago > 0 or months.revenue_year > 0
