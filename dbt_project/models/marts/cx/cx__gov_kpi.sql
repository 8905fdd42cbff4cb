{{ config(alias='gov_kpi') }}
select
    kpi,
    title,
    function_name,
    owner,
    metric,
    driver,
    target,
    direction,
    team_measure,
    decision,
    decided_on,
    review_on
from {{ ref('gov_kpi') }}
