-- The last day of each month on which an account was heard: it answered, wrote, or met or spoke with sales.
with contacts as (
    select
        coalesce(contacts.account_key, persons.account_key) as account_key,
        contacts.happened_day
    from {{ ref('fct_interaction') }} as contacts
    left join {{ ref('int_value__person_accounts') }} as persons on contacts.person_key = persons.person_key
    where contacts.interaction_type in ('support', 'survey') and contacts.direction = 'inbound'
    union all
    select account_key, happened_day
    from {{ ref('fct_sales_activity') }}
    where is_connected or activity_type = 'meeting'
)

select
    contacts.account_key,
    days.month_start as month,
    max(contacts.happened_day) as heard_day
from contacts
inner join {{ ref('dim_date') }} as days on contacts.happened_day = days.day
where contacts.account_key is not null
group by contacts.account_key, days.month_start
