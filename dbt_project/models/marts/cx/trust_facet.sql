with newest as (
    select *
    from (
        select
            cells.metric, cells.item, cells.value,
            row_number() over (partition by cells.metric, cells.item order by cells.period_start desc) as pick
        from {{ ref('metric_value') }} as cells
        where cells.grain = 'quarter' and cells.value is not null and cells.country = 'all' and cells.segment = 'all' and cells.industry = 'all' and cells.strategic = 'all' and cells.channel = 'all' and cells.queue = 'all' and cells.survey = 'all' and cells.touchpoint = 'all' and cells.stage = 'all' and cells.role = 'all' and cells.reason = 'all'
    ) as numbered
    where pick = 1
),

sides as (
    select
        facets.*,
        outcomes.value as outcome_raw,
        {{ as_share('outcomes.value', 'definitions.direction', 'facets.outcome_good', 'facets.outcome_bad') }} as outcome,
        {{ as_share('perceptions.value', "'higher'", 'facets.perception_good', 'facets.perception_bad') }} as perception
    from {{ ref('gov_trust_facet') }} as facets
    left join newest as outcomes on facets.outcome_metric = outcomes.metric and coalesce(facets.outcome_item, 'all') = outcomes.item
    left join {{ ref('int_metrics__definitions') }} as definitions on facets.outcome_metric = definitions.metric
    left join newest as perceptions on facets.perception_metric = perceptions.metric and coalesce(facets.perception_item, 'all') = perceptions.item
)

select
    facet,
    position,
    title,
    owner,
    outcome_metric,
    outcome,
    outcome_raw,
    perception_metric,
    perception,
    outcome - perception as gap,
    cast(case
        when outcome is null and perception is null then 'both'
        when outcome is null then 'outcome'
        when perception is null then 'perception'
    end as {{ dbt.type_string() }}) as missing,
    case when count(outcome) over () = 7 and count(perception) over () = 7 then (avg(outcome) over () + avg(perception) over ()) / 2 end as trust_index
from sides
