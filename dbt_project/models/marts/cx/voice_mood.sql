select
    period_start,
    text_kind,
    language,
    mood,
    texts,
    as_read,
    share,
    share_low,
    share_high,
    corpus,
    refused_reason
from {{ source('analysis', 'text_mood') }}
