select
    ex_metric,
    cx_metric,
    lag,
    statistic,
    value,
    low,
    high,
    n,
    n_effective,
    units,
    icc1,
    icc2,
    verdict,
    text
from {{ source('analysis', 'link_result') }}
