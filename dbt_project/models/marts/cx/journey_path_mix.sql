-- Half a person is added to each share, so that a stage that was empty does not make the index infinite.
with firsts as (
    select dates.quarter_start, entries.stage, cast(count(*) as bigint) as persons
    from {{ ref('fct_journey_stage') }} as entries
    inner join {{ ref('dim_date') }} as dates on entries.entered_day = dates.day
    where entries.entry_number = 1 and entries.signal <> 'contract'
    group by dates.quarter_start, entries.stage
),

cells as (
    select
        quarters.quarter_start,
        stages.stage,
        coalesce(firsts.persons, 0) as persons,
        quarters.persons as total,
        cast(coalesce(firsts.persons, 0) + 0.5 as {{ dbt.type_float() }}) / (quarters.persons + 0.5 * quarters.stages) as smoothed
    from (
        select quarter_start, sum(persons) as persons, (select count(*) from {{ ref('dim_stage') }}) as stages
        from firsts
        group by quarter_start
    ) as quarters
    cross join {{ ref('dim_stage') }} as stages
    left join firsts on quarters.quarter_start = firsts.quarter_start and stages.stage = firsts.stage
),

drift as (
    select
        now.quarter_start,
        sum((now.smoothed - before.smoothed) * ln(now.smoothed / before.smoothed)) as psi
    from cells as now
    inner join cells as before
        on before.quarter_start = cast({{ dbt.dateadd('month', -3, 'now.quarter_start') }} as date) and now.stage = before.stage
    where now.total >= 30 and before.total >= 30
    group by now.quarter_start
)

select
    cells.quarter_start,
    cells.stage,
    cast(case when cells.total >= 5 then cells.persons end as bigint) as persons,
    case when cells.total >= 5 then cast(cells.persons as {{ dbt.type_float() }}) / cells.total end as share,
    cast(drift.psi as {{ dbt.type_float() }}) as psi,
    drift.psi >= 0.2 as is_drift
from cells
left join drift on cells.quarter_start = drift.quarter_start
