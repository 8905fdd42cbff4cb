-- Months outside the limits of chance
-- Series of at least twelve points against their XmR limits: a signal is worth a question, a point inside is not.
select d.title, x.period_start, x.value, x.centre_line, x.lower_limit, x.upper_limit, x.signal
from marts_cx.metric_xmr as x
inner join marts_cx.metric_definition as d on x.metric = d.metric
where x.grain = 'month' and x.signal is not null
order by x.period_start desc, d.title
limit 200
