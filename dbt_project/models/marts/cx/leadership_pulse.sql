-- How steadily leaders work with what they are told. Who opens which scorecard stands in Superset's own log, which is not read here.
with months as (
    select dates.month_start as month
    from {{ ref('dim_date') }} as dates
    inner join (select min(happened_day) as first_day, max(happened_day) as last_day from {{ ref('fct_interaction') }}) as seen
        on dates.day between seen.first_day and seen.last_day
    group by dates.month_start
),

done as (
    select 'decisions_taken' as signal, decided_on as day from {{ ref('gov_decision') }} where decided_on is not null
    union all
    select 'actions_sponsored', opened_on from {{ ref('gov_action') }} where opened_on is not null
    union all
    select 'actions_finished', done_on from {{ ref('gov_action') }} where done_on is not null
),

signals as (
    select 'decisions_taken' as signal, true as is_supplied
    union all
    select 'actions_sponsored', true
    union all
    select 'actions_finished', true
    union all
    select 'scorecards_opened', false
    union all
    select 'loops_closed_in_person', false
),

counted as (
    select months.month, signals.signal, signals.is_supplied, count(done.day) as events
    from months
    cross join signals
    left join {{ ref('dim_date') }} as dates on months.month = dates.month_start
    left join done on signals.signal = done.signal and dates.day = done.day
    group by months.month, signals.signal, signals.is_supplied
),

broken as (
    select
        counted.*,
        sum(case when events = 0 then 1 else 0 end) over (partition by signal order by month asc rows unbounded preceding) as breaks
    from counted
)

select
    month,
    cast(signal as {{ dbt.type_string() }}) as signal,
    cast(case when is_supplied then events end as bigint) as events,
    cast(case when is_supplied then sum(case when events > 0 then 1 else 0 end) over (partition by signal, breaks order by month asc rows unbounded preceding) end as bigint) as streak_months,
    cast(case when not is_supplied then 'not supplied: the log of the dashboards is not read' end as {{ dbt.type_string() }}) as missing
from broken
