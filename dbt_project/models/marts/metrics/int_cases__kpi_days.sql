with days as (
    select dates.day
    from {{ ref('dim_date') }} as dates
    inner join (select min(created_day) as first_day, max(created_day) as last_day from {{ ref('fct_ticket') }} where is_valid) as seen
        on dates.day between seen.first_day and seen.last_day
),

decisions as (
    select kpi, decided_on from {{ ref('gov_decision') }} where kpi is not null
    union
    select kpi, decided_on from {{ ref('gov_kpi') }} where decided_on is not null
)

select
    kpis.kpi || ':' || cast(days.day as {{ dbt.type_string() }}) as kpi_day_key,
    days.day,
    {{ all_of(['country', 'segment', 'industry', 'strategic', 'channel', 'queue', 'survey', 'touchpoint', 'stage', 'role', 'reason']) }},
    kpis.function_name as item,
    count(decisions.kpi) > 0 as is_managed,
    max(case when kpis.driver is not null then 1 else 0 end) = 1 as is_linked
from days
cross join {{ ref('gov_kpi') }} as kpis
left join decisions
    on kpis.kpi = decisions.kpi and decisions.decided_on <= days.day and decisions.decided_on > {{ dbt.dateadd('day', -90, 'days.day') }}
group by kpis.kpi, days.day, kpis.function_name
