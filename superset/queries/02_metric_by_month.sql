-- One metric by month, with its interval
-- Change the name in the last lines. A hidden cell is null in value, interval and n; suppressed_reason says why.
select v.period_start, v.value, v.ci_low, v.ci_high, v.n, v.coverage_rate, v.change, v.change_label, v.low_precision, v.suppressed_reason
from marts_cx.metric_value as v
where v.metric = 'csat' and v.grain = 'month'
  and v.country = 'all' and v.segment = 'all' and v.industry = 'all' and v.strategic = 'all' and v.channel = 'all' and v.queue = 'all'
  and v.survey = 'all' and v.touchpoint = 'all' and v.stage = 'all' and v.role = 'all' and v.reason = 'all' and v.item = 'all'
order by v.period_start desc
