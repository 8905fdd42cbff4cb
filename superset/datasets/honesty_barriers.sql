-- Five barriers to listening, each with what shows it: the newest quarterly values.
select
  b.barrier, b.title as barrier_title, coalesce(d.title, replace(b.metric, '_', ' ')) as meter,
  case
    when b.value is null then b.missing
    when coalesce(d.unit, 'share') = 'share' then to_char(100 * b.value, 'FM990') || ' %'
    else to_char(b.value, 'FM999,990.0')
  end as value_text,
  case
    when b.ci_low is null or b.ci_high is null then ''
    when coalesce(d.unit, 'share') = 'share' then to_char(100 * b.ci_low, 'FM990') || ' to ' || to_char(100 * b.ci_high, 'FM990') || ' %'
    else to_char(b.ci_low, 'FM999,990.0') || ' to ' || to_char(b.ci_high, 'FM999,990.0')
  end as interval_text,
  b.n
from marts_cx.barrier_meter as b
left join marts_cx.metric_definition as d on b.metric = d.metric
