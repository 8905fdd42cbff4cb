-- Customers at the end of each closed month, and whether we heard of each in the twelve months before: an answer, a ticket, or a talk with
-- sales. Who has not been a customer for so long, or a month before which there is no year of records, cannot be called silent.
with records as (
    select min(happened_day) as first_day from {{ ref('fct_interaction') }}
)

select
    standing.account_key || ':' || cast(standing.month as {{ dbt.type_string() }}) as account_month_key,
    standing.month_day,
    standing.country,
    standing.segment,
    standing.industry,
    standing.strategic,
    {{ all_of(['channel', 'queue', 'survey', 'touchpoint', 'stage', 'role', 'reason', 'item']) }},
    months.recurring_year_ago > 0 and records.first_day <= {{ dbt.dateadd('day', -365, 'standing.month_day') }} as is_a_year_known,
    coalesce(standing.heard_day <= {{ dbt.dateadd('day', -365, 'standing.month_day') }}, true) as is_silent
from {{ ref('fct_account_standing') }} as standing
inner join {{ ref('fct_account_month') }} as months on standing.account_key = months.account_key and standing.month = months.month
cross join records
where standing.is_customer
