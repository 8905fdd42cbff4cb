-- Strategic customers against the rest
-- Every metric on which the two differ clearly, last complete quarter.
select d.title, c.left_value, c.right_value, c.difference, c.ci_low, c.ci_high, c.label, c.left_n, c.right_n
from marts_cx.metric_contrast as c
inner join marts_cx.metric_definition as d on c.metric = d.metric
cross join marts_cx.release_status as s
where c.grain = 'quarter' and c.label in ('higher', 'lower') and c.period_start = date_trunc('quarter', s.data_as_of) - interval '3 months'
order by d.title
