with decided as (
    select kpi, max(decided_on) as decided_on
    from {{ ref('gov_decision') }}
    where kpi is not null
    group by kpi
)

select
    rows.kpi,
    rows.title,
    rows.function_name,
    rows.owner,
    rows.metric,
    rows.driver,
    rows.target,
    rows.direction,
    rows.team_measure,
    rows.decision,
    case when decided.decided_on > coalesce(rows.decided_on, decided.decided_on) then decided.decided_on else coalesce(rows.decided_on, decided.decided_on) end as decided_on,
    rows.review_on
from (
    {{ setting_rows(var('config').kpis, rename={'kpi': 'id', 'function_name': 'function'}) }}
) as rows
left join decided on rows.kpi = decided.kpi
