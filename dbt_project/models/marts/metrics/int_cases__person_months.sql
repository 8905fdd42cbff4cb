-- Customers in each month in which they were met, and whether they had said within the twelve months up to its end what they want.
{% set customer_roles = var('config').roles | selectattr('is_customer', 'defined') | selectattr('is_customer') | map(attribute='id') | list %}
with met as (
    select
        contacts.person_key,
        dates.month_start as month_day,
        cast({{ dbt.dateadd('month', 1, 'dates.month_start') }} as date) as until_day,
        cast({{ dbt.dateadd('month', -11, 'dates.month_start') }} as date) as since_day,
        max(contacts.country) as country,
        max(contacts.segment) as segment,
        max(contacts.industry) as industry,
        max(contacts.strategic) as strategic
    from {{ ref('fct_interaction') }} as contacts
    inner join {{ ref('dim_date') }} as dates on contacts.happened_day = dates.day
    where contacts.person_key is not null
        and contacts.role in ({% for role in customer_roles %}{{ quoted(role) }}{{ ', ' if not loop.last }}{% else %}''{% endfor %})
    group by contacts.person_key, dates.month_start
),

stated as (
    select person_key, answered_day as day
    from {{ ref('fct_survey_answer') }}
    where is_valid and is_answered and person_key is not null and answered_day is not null
        and (measure = 'importance' or (measure = 'choice' and item = 'preferred_channel'))
    group by person_key, answered_day
)

select
    met.person_key || ':' || cast(met.month_day as {{ dbt.type_string() }}) as person_month_key,
    met.month_day,
    met.country,
    met.segment,
    met.industry,
    met.strategic,
    {{ all_of(['channel', 'queue', 'survey', 'touchpoint', 'stage', 'role', 'reason', 'item']) }},
    met.person_key,
    count(stated.person_key) > 0 as is_need_known
from met
left join stated on met.person_key = stated.person_key and stated.day >= met.since_day and stated.day < met.until_day
group by met.person_key, met.month_day, met.country, met.segment, met.industry, met.strategic
