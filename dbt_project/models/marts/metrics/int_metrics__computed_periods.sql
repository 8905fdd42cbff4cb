{{ config(
    materialized='incremental',
    incremental_strategy='tracked',
    unique_key=['metric', 'grain', 'period_start'],
    on_schema_change='fail'
) }}
-- What steps in Python found for each metric and period, as one sum of hashes.
select
    metric,
    grain,
    period_start,
    cast(count(*) as {{ dbt.type_string() }}) || ':' || cast(sum({{ hash_of_row('estimates') }}) as {{ dbt.type_string() }}) as fingerprint,
    {{ built_at() }} as _built_at
from {{ source('analysis', 'metric_estimate') }} as estimates
group by metric, grain, period_start
