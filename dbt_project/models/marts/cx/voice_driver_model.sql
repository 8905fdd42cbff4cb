select
    model,
    period_start,
    predictors,
    n,
    n_dropped,
    accounts,
    r2,
    r2_low,
    r2_high,
    verdict,
    refused_reason
from {{ source('analysis', 'driver_model') }}
