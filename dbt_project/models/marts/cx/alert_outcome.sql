with gains as (
    select
        trigger_rule,
        contacted_at is not null and (contacted_at < now_at) as is_contacted,
        (result - baseline) / case trigger_rule when 'nps' then 10.0 when 'csat' then 4.0 else 6.0 end as gain
    from {{ ref('fct_action') }}
    where loop = 'inner' and result is not null and baseline is not null and trigger_rule in ('nps', 'csat', 'ces')
),

both_ways as (
    select trigger_rule, is_contacted, gain from gains
    union all
    select 'all' as trigger_rule, is_contacted, gain from gains
),

sums as (
    select
        trigger_rule,
        count(case when is_contacted then 1 end) as n1,
        count(case when not is_contacted then 1 end) as n0,
        avg(case when is_contacted then gain end) - avg(case when not is_contacted then gain end) as lift,
        sqrt(var_samp(case when is_contacted then gain end) / nullif(count(case when is_contacted then 1 end), 0)
            + var_samp(case when not is_contacted then gain end) / nullif(count(case when not is_contacted then 1 end), 0)) as error
    from both_ways
    group by trigger_rule
),

bounded as (
    select
        sums.*,
        case when n1 >= 5 and n0 >= 5 then lift end as shown,
        case when n1 >= 5 and n0 >= 5 then lift - {{ z() }} * error end as low,
        case when n1 >= 5 and n0 >= 5 then lift + {{ z() }} * error end as high
    from sums
)

select
    cast(trigger_rule as {{ dbt.type_string() }}) as trigger_rule,
    cast(n1 as bigint) as contacted,
    cast(n0 as bigint) as not_contacted,
    cast(shown as {{ dbt.type_float() }}) as lift,
    cast(low as {{ dbt.type_float() }}) as lift_low,
    cast(high as {{ dbt.type_float() }}) as lift_high,
    cast(case when low > 0 then 'better' when high < 0 then 'worse' else 'cannot tell' end as {{ dbt.type_string() }}) as verdict
from bounded
