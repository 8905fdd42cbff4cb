select
    metric, version, title, question, unit, scale, direction, estimator, owner, decision, target, definition, model, entity, privacy_k, precision_n,
    frozen_after_days
from {{ ref('int_metrics__definitions') }}
