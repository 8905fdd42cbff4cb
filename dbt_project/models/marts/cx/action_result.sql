-- Shares and means only: medians have no additive parts.
{% set cuts = ['country', 'segment', 'channel', 'queue', 'survey', 'item'] %}
with clock as (
    select {{ business_day('max(happened_at)') }} as today from {{ ref('fct_interaction') }}
),

parts as (
    select
        actions.action_key,
        case when {{ listed('actions.treated', 'actions.cut_by', 'parts', cuts) }} then 1 else 0 end as is_treated,
        case when parts.day >= actions.done_on then 1 else 0 end as is_after,
        sum(parts.den) as n,
        cast(sum(case when definitions.estimator = 'wilson' then parts.num else parts.total end) as {{ dbt.type_float() }}) as total,
        cast(sum(case when definitions.estimator = 'wilson' then parts.num else parts.total_squared end) as {{ dbt.type_float() }}) as squares
    from {{ ref('gov_action') }} as actions
    inner join {{ ref('int_metrics__definitions') }} as definitions
        on actions.metric = definitions.metric and definitions.estimator in ('wilson', 'mean')
    inner join {{ ref('metric_part') }} as parts on actions.metric = parts.metric
    where actions.done_on is not null and actions.cut_by is not null
        and ({{ listed('actions.treated', 'actions.cut_by', 'parts', cuts) }} or {{ listed('actions.control', 'actions.cut_by', 'parts', cuts) }})
        and ((parts.day >= {{ dbt.dateadd('day', -90, 'actions.opened_on') }} and parts.day < actions.opened_on)
            or (parts.day >= actions.done_on and parts.day < {{ dbt.dateadd('day', 90, 'actions.done_on') }}))
    group by 1, 2, 3
),

compared as (
    select
        action_key,
        min(n) as smallest,
        count(*) as filled,
        sum(case when is_treated = 1 then n end) as n_treated,
        sum(case when is_treated = 0 then n end) as n_control,
        sum(total / nullif(n, 0) * case when is_treated = is_after then 1 else -1 end) as effect,
        sqrt(sum(greatest(squares / nullif(n, 0) - (total / nullif(n, 0)) * (total / nullif(n, 0)), 0) / nullif(n - 1, 0))) as error
    from parts
    group by action_key
),

judged as (
    select
        actions.action_key,
        actions.metric,
        case when actions.done_on is not null then 'done' when actions.due_on < clock.today then 'late' else 'open' end as status,
        compared.n_treated,
        compared.n_control,
        actions.success_at,
        compared.action_key is not null as is_compared,
        case when compared.filled = 4 and compared.smallest >= 30 then compared.effect end as effect,
        case when compared.filled = 4 and compared.smallest >= 30 then compared.error end as error
    from {{ ref('gov_action') }} as actions
    cross join clock
    left join compared on actions.action_key = compared.action_key
)

select
    action_key,
    metric,
    cast(status as {{ dbt.type_string() }}) as status,
    cast(n_treated as bigint) as n_treated,
    cast(n_control as bigint) as n_control,
    cast(effect as {{ dbt.type_float() }}) as effect,
    cast(effect - {{ z() }} * error as {{ dbt.type_float() }}) as effect_low,
    cast(effect + {{ z() }} * error as {{ dbt.type_float() }}) as effect_high,
    success_at,
    cast(case
        when not is_compared then 'no comparison'
        when effect is null or success_at is null then 'cannot tell'
        when effect * sign(success_at) >= abs(success_at) and (effect - {{ z() }} * error) * (effect + {{ z() }} * error) > 0 then 'worked'
        when effect * sign(success_at) + {{ z() }} * error < abs(success_at) then 'did not work'
        else 'cannot tell'
    end as {{ dbt.type_string() }}) as verdict
from judged
