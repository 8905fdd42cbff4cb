-- Which numbers are defined, and what each means
-- One row a metric: its question, exact definition, unit, owner and the decision that stands on it.
select metric, title, question, unit, currency, direction, owner, decision, target, definition
from marts_cx.metric_definition
order by owner, metric
