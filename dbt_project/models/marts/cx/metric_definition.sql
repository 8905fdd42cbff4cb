select
    metric, version, title, question, unit, scale, direction, estimator, from_parts, over_time, quantile, owner, decision, target, definition,
    model, entity, privacy_k, precision_n, frozen_after_days,
    case when unit = 'money' then cast({{ quoted(var('config').currency.reporting) }} as {{ dbt.type_string() }}) end as currency
from {{ ref('int_metrics__definitions') }}
