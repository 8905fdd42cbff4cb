-- Where each number comes from: its definition, its model and who answers for it.
select metric, title, definition, model, estimator, unit, coalesce(owner, '–') as owner, coalesce(decision, '–') as decision, 'version ' || version as version_text
from marts_cx.metric_definition
