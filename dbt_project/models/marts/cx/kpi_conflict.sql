-- Teams differ for many reasons: each cell is taken from its team's mean, and as many cells as there are teams are not free. The verdict asks for
-- an interval of 99 % on one side of zero, because several KPIs are asked at once.
with tickets as (
    select
        tickets.queue,
        dates.month_start,
        count(*) as tickets,
        avg(case when tickets.is_one_touch then 1.0 else 0.0 end) as one_touch_share,
        avg(case when tickets.reopens > 0 then 1.0 else 0.0 end) as reopen_share,
        avg(ln(1 + tickets.first_reply_calendar_minutes)) as first_reply_minutes,
        avg(ln(1 + tickets.first_solved_calendar_minutes)) as resolution_minutes,
        count(tickets.first_solved_at) as tickets_solved
    from {{ ref('fct_ticket') }} as tickets
    inner join {{ ref('dim_date') }} as dates on tickets.created_day = dates.day
    where tickets.is_valid and tickets.queue <> 'unknown'
    group by tickets.queue, dates.month_start
),

answers as (
    select
        tickets.queue,
        dates.month_start,
        count(*) as answers,
        avg(case when answers.measure = 'csat_binary' and answers.score >= answers.scale_max then 1.0
            when answers.measure = 'csat' and answers.score >= answers.scale_max - 1 then 1.0 else 0.0 end) as satisfied
    from {{ ref('fct_survey_answer') }} as answers
    inner join {{ ref('fct_ticket') }} as tickets on answers.ticket_key = tickets.ticket_key and tickets.is_valid
    inner join {{ ref('dim_date') }} as dates on tickets.created_day = dates.day
    where answers.is_valid and answers.is_trigger_valid and answers.is_answered and answers.measure in ('csat', 'csat_binary') and answers.score is not null
    group by tickets.queue, dates.month_start
),

cells as (
    select tickets.*, answers.satisfied
    from tickets
    inner join answers on tickets.queue = answers.queue and tickets.month_start = answers.month_start
    where tickets.tickets >= 5 and answers.answers >= 3
),

measured as (
    {% for name in ['one_touch_share', 'reopen_share', 'first_reply_minutes', 'resolution_minutes', 'tickets_solved'] %}
    select
        '{{ name }}' as team_measure,
        queue,
        cast({{ name }} as {{ dbt.type_float() }}) - avg(cast({{ name }} as {{ dbt.type_float() }})) over (partition by queue) as measure,
        cast(satisfied as {{ dbt.type_float() }}) - avg(cast(satisfied as {{ dbt.type_float() }})) over (partition by queue) as satisfied
    from cells
    where {{ name }} is not null
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

correlated as (
    select
        team_measure,
        count(*) as cells,
        count(distinct queue) as teams,
        sum(measure * satisfied) / nullif(sqrt(sum(measure * measure) * sum(satisfied * satisfied)), 0) as r
    from measured
    group by team_measure
),

bounded as (
    select
        correlated.*,
        case when cells - teams >= 10 and abs(r) < 1 then 0.5 * ln((1 + r) / (1 - r)) end as fisher,
        case when cells - teams >= 10 then 1 / sqrt(cells - teams - 3.0) end as error
    from correlated
)

select
    kpis.kpi,
    kpis.title,
    kpis.team_measure,
    kpis.direction,
    cast(coalesce(bounded.cells, 0) as bigint) as cells,
    cast(coalesce(bounded.teams, 0) as bigint) as teams,
    case when bounded.fisher is not null then bounded.r end as r,
    {{ tanh('bounded.fisher - ' ~ z() ~ ' * bounded.error') }} as r_low,
    {{ tanh('bounded.fisher + ' ~ z() ~ ' * bounded.error') }} as r_high,
    cast(case
        when kpis.team_measure = 'handle_minutes' then 'not measured'
        when bounded.fisher is null or abs(bounded.fisher) <= 2.576 * bounded.error then 'cannot tell'
        when (bounded.r > 0) = (kpis.direction = 'higher') then 'aligned'
        else 'conflict'
    end as {{ dbt.type_string() }}) as verdict
from {{ ref('gov_kpi') }} as kpis
left join bounded on kpis.team_measure = bounded.team_measure
where kpis.team_measure is not null
