-- Who is in the tenth that gave the worst answers: the share of each group there beside its share of all answers. A group of fewer than five
-- answers is left out.
with {{ worst_decile() }},

members as (
    {%- for dimension in ['country', 'segment', 'industry', 'strategic', 'channel', 'queue', 'reason'] %}
    select
        metric, period_start, survey, '{{ dimension }}' as dimension, {{ dimension }} as member,
        count(*) as answers, max(answers) as all_answers, sum(part) as worst
    from parts
    where answers >= 10
    group by metric, period_start, survey, {{ dimension }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
)

select
    metric,
    period_start,
    survey,
    cast(dimension as {{ dbt.type_string() }}) as dimension,
    member,
    cast(answers as bigint) as answers,
    cast(answers as {{ dbt.type_float() }}) / all_answers as share,
    cast(worst / ceiling(all_answers / 10.0) as {{ dbt.type_float() }}) as worst_share
from members
where answers >= 5
