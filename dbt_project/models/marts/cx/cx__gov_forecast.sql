{{ config(alias='gov_forecast') }}
select
    forecast_key,
    metric,
    grain,
    period_start,
    period_end,
    forecaster,
    forecast,
    given_on,
    is_in_time,
    origin,
    uploaded_by,
    uploaded_at
from {{ ref('gov_forecast') }}
