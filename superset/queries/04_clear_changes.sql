-- What changed clearly in the last complete month
-- Only changes that stand after the correction for many comparisons and are large enough to matter.
select d.title, v.value, v.change, v.change_ci_low, v.change_ci_high, v.change_label, d.direction, d.owner
from marts_cx.metric_value as v
inner join marts_cx.metric_definition as d on v.metric = d.metric
cross join marts_cx.release_status as s
where v.grain = 'month' and v.change_label in ('up', 'down')
  and v.period_start = date_trunc('month', s.data_as_of) - interval '1 month'
  and v.country = 'all' and v.segment = 'all' and v.industry = 'all' and v.strategic = 'all' and v.channel = 'all' and v.queue = 'all'
  and v.survey = 'all' and v.touchpoint = 'all' and v.stage = 'all' and v.role = 'all' and v.reason = 'all' and v.item = 'all'
order by d.owner, d.title
