select
    period_start,
    topic,
    kind,
    texts,
    persons,
    of_persons,
    share,
    share_low,
    share_high,
    median_effort
from {{ source('analysis', 'pain_gain') }}
