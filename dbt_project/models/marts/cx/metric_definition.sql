select
    metric, version, title, question, unit, scale, direction, estimator, owner, decision, target, definition, model, entity, privacy_k, precision_n
from {{ ref('int_metrics__definitions') }}
