-- One metric by country, last complete quarter
-- Never average these rows: intervals and weights would be lost. The total is the row where country is all.
select v.country, v.value, v.ci_low, v.ci_high, v.n, v.low_precision, v.suppressed_reason
from marts_cx.metric_value as v
where v.metric = 'csat' and v.grain = 'quarter'
  and v.period_start = (
    select max(w.period_start)
    from marts_cx.metric_value as w
    cross join marts_cx.release_status as s
    where w.metric = 'csat' and w.grain = 'quarter' and w.period_start < date_trunc('quarter', s.data_as_of)
  )
  and v.segment = 'all' and v.industry = 'all' and v.strategic = 'all' and v.channel = 'all' and v.queue = 'all' and v.survey = 'all'
  and v.touchpoint = 'all' and v.stage = 'all' and v.role = 'all' and v.reason = 'all' and v.item = 'all'
order by v.value desc nulls last
