-- The newest quarter in which pairs were compared.
with ranked as (
    select
        metric,
        item,
        period_start,
        value,
        ci_low,
        ci_high,
        n,
        suppressed_reason,
        row_number() over (partition by metric, item order by period_start desc) as place
    from {{ ref('metric_value') }}
    where metric in ('identity_precision', 'identity_recall', 'identity_over_merge') and grain = 'quarter'
)

select
    ranked.metric,
    definitions.title,
    ranked.item as systems,
    ranked.period_start,
    ranked.value,
    ranked.ci_low,
    ranked.ci_high,
    ranked.n,
    definitions.target,
    ranked.suppressed_reason
from ranked
inner join {{ ref('metric_definition') }} as definitions on ranked.metric = definitions.metric
where ranked.place = 1
