-- A metric nothing connected can answer has no row; a period without a safe partition neither: nothing in it may be shown.
{%- set estimators = {
    'nps_adjusted_wald': nps_adjusted_wald('promoters', 'detractors', 'cases'),
    'wilson': wilson('favourable', 'cases'),
    'mean': mean('total', 'total_squared', 'cases', 'cases'),
    'ratio': ratio('total', 'total_squared', 'base', 'base_squared', 'cross_product', 'people'),
    'event_rate': count_poisson('favourable'),
} %}
with sums as (
    select population, period_start, block_key, block_label, division, team, item, people, cases, total, base, total_squared, base_squared,
        cross_product, favourable, promoters, detractors
    from {{ source('analysis', 'emp_atom') }}
    union all
    select population, period_start, 'all', 'Everybody', 'all', 'all', item, people, cases, total, base, total_squared, base_squared,
        cross_product, favourable, promoters, detractors
    from {{ source('analysis', 'emp_total') }}
),

raised as (
    select
        sums.*,
        definitions.metric,
        definitions.version,
        definitions.estimator,
        definitions.factor,
        {{ dbt.datediff('sums.period_start', dbt.dateadd('month', 3, 'sums.period_start'), 'day') }} as days
    from sums
    inner join {{ ref('ex_metric_definition') }} as definitions
        on sums.population = definitions.population and sums.item = definitions.item
    where definitions.estimator <> 'computed' and (sums.cases > 0)
),

estimates as (
    {%- for name, parts in estimators.items() %}
    select metric, version, period_start, block_key, block_label, division, team, people,
        {%- set scale = {'ratio': ' * factor', 'event_rate': ' * factor / nullif(base, 0)'}.get(name, '') %}
        cast({{ parts.value }} as {{ dbt.type_float() }}){{ scale }} as value,
        {%- set known = 'total_squared is not null' if name in ('mean', 'ratio') else 'true' %}
        case when {{ known }} then cast({{ parts.low }} as {{ dbt.type_float() }}){{ scale }} end as low,
        case when {{ known }} then cast({{ parts.high }} as {{ dbt.type_float() }}){{ scale }} end as high,
        case when {{ known }} then '{{ interval_methods().get(name, 'Poisson 95 %') }}' else 'none below 20 people' end as ci_method
    from raised
    where estimator = '{{ name }}'
    union all
    {%- endfor %}
    select metric, version, period_start, block_key, block_label, division, team, people, total / days, cast(null as {{ dbt.type_float() }}),
        cast(null as {{ dbt.type_float() }}), 'counted'
    from raised
    where estimator = 'level'
    union all
    select definitions.metric, definitions.version, found.period_start, 'all', 'Everybody', 'all', 'all', found.people, found.value, found.low,
        found.high, found.ci_method
    from {{ source('analysis', 'emp_estimate') }} as found
    inner join {{ ref('ex_metric_definition') }} as definitions
        on found.population = definitions.population and found.item = definitions.item
),

-- The interval of a difference from the intervals of both values, with no further assumption (MOVER: Zou and Donner 2008).
compared as (
    select
        now.*,
        now.value - before.value as change,
        now.value - before.value - {{ combined_half('now.value', 'now.low', 'before.value', 'before.high') }} as change_low,
        now.value - before.value + {{ combined_half('now.value', 'now.high', 'before.value', 'before.low') }} as change_high,
        before.people as people_before
    from estimates as now
    left join estimates as before
        on now.metric = before.metric
            and now.block_key = before.block_key
            and before.period_start = cast({{ dbt.dateadd('month', -3, 'now.period_start') }} as date)
)

select
    compared.metric,
    compared.version,
    'quarter' as grain,
    compared.period_start,
    '{{ var("config").time_zone }}' as tz,
    compared.block_key,
    compared.block_label,
    compared.division,
    compared.team,
    'previous_quarter' as compare_to,
    compared.value,
    case when definitions.unit = 'points' then greatest(compared.low, -100) else compared.low end as ci_low,
    case when definitions.unit = 'points' then least(compared.high, 100) else compared.high end as ci_high,
    compared.ci_method,
    compared.people as n,
    case when asked.people - compared.people = 0 or asked.people - compared.people >= {{ people_setting('block_size') }} then asked.people end as n_eligible,
    case when asked.people - compared.people = 0 or asked.people - compared.people >= {{ people_setting('block_size') }}
        then cast(compared.people as {{ dbt.type_float() }}) / nullif(asked.people, 0) end as coverage_rate,
    cast(null as {{ dbt.type_float() }}) as target,
    compared.change,
    compared.change_low as change_ci_low,
    compared.change_high as change_ci_high,
    case
        when compared.change_low is null or compared.people < definitions.precision_n or compared.people_before < definitions.precision_n then 'cannot tell'
        when abs(compared.change) < definitions.practical_minimum then 'no clear change'
        when compared.change_low > 0 then 'up'
        when compared.change_high < 0 then 'down'
        else 'no clear change'
    end as change_label,
    compared.people < definitions.precision_n as low_precision,
    cast(null as {{ dbt.type_string() }}) as suppressed_reason,
    false as restated,
    cast(null as {{ dbt.type_string() }}) as release_id
from compared
inner join {{ ref('ex_metric_definition') }} as definitions on compared.metric = definitions.metric
left join {{ source('analysis', 'emp_total') }} as asked
    on definitions.population = 'survey'
        and compared.block_key = 'all'
        and compared.period_start = asked.period_start
        and asked.population = 'records'
        and asked.item = 'headcount_days'
