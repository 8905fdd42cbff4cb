-- Each pair of an employee and a customer measure, by lag: the correlation over units with its interval, and what may be said.
select
  case l.ex_metric when 'enps' then 'Employee recommendation' when 'engagement' then 'Engagement index' when 'engagement_balance' then 'Balance of work and life'
    else replace(l.ex_metric, '_', ' ') end as ex_text,
  case l.lag
    when 'before' then 'customers of the quarter before' when 'same' then 'customers of the same quarter' when 'after' then 'customers of the quarter after'
    when 'ex_to_cx' then 'employees first, within units' when 'cx_to_ex' then 'customers first, within units' else l.lag
  end as lag_text,
  l.statistic,
  coalesce(to_char(l.value, 'FMSG0.00') || ' (' || to_char(l.low, 'FMSG0.00') || ' to ' || to_char(l.high, 'FMSG0.00') || ')', 'too few units') as value_text,
  to_char(l.n, 'FM999,990') as n_text,
  l.verdict,
  case l.lag when 'before' then 1 when 'same' then 2 when 'after' then 3 else 4 end as lag_place
from marts_exec.link_result as l
