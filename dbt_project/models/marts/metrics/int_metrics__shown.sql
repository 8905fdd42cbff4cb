{{ config(materialized='view') }}
-- Every metric on its lattice as people read it: as the data are now, but for numbers of frozen periods that an erasure alone has moved.
with kept as (
    select * from {{ source('ops', 'metric_kept') }}
)

select
    present.metric,
    present.version,
    present.grain,
    present.period_start,
    {{ dimension_list('present.') }},
    {% for column in shown_columns() %}
    case when kept.metric is not null then kept.{{ column }} else present.{{ column }} end as {{ column }}{{ ',' if not loop.last }}
    {% endfor %}
from {{ ref('int_metrics__values') }} as present
left join kept
    on {{ same_cell('present', 'kept') }}
    and not kept.is_gone
    {% for number in ['value', 'ci_low', 'ci_high', 'n'] %}
    and {{ same_number('kept.given_' ~ number, 'present.' ~ number) }}
    {% endfor %}
union all
select
    kept.metric,
    kept.version,
    kept.grain,
    kept.period_start,
    {{ dimension_list('kept.') }},
    {% for column in shown_columns() %}
    kept.{{ column }}{{ ',' if not loop.last }}
    {% endfor %}
from kept
left join {{ ref('int_metrics__values') }} as present on {{ same_cell('kept', 'present') }}
where kept.is_gone and present.metric is null
