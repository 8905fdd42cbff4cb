-- What was decided on which number, by whom, and how long after the signal.
select
  g.title_redacted as title,
  g.owner,
  g.function_name,
  coalesce(d.title, g.chart, 'no number named') as metric_title,
  to_char(g.decided_on, 'DD Mon YYYY') as decided_text,
  coalesce(to_char(g.days_to_decide, 'FM999,990') || ' days', 'not known') as days_text,
  g.decided_on
from marts_cx.gov_decision as g
left join marts_cx.metric_definition as d on g.metric = d.metric
