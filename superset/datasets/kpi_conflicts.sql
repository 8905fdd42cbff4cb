-- Whether what a function steers by moves with or against the share of satisfied customers, over months of teams.
select
  k.title,
  k.function_name,
  c.direction as wanted,
  case when c.r is not null
    then to_char(c.r, 'FMSG0.00') || ' (' || to_char(c.r_low, 'FMSG0.00') || ' to ' || to_char(c.r_high, 'FMSG0.00') || ')' else 'not enough months of teams' end
    as correlation_text,
  c.cells,
  case c.verdict
    when 'conflict' then 'Conflict: better for the KPI is worse for customers'
    when 'aligned' then 'Aligned with customers'
    when 'not measured' then 'Not measured: no system gives it'
    else 'Cannot tell: the interval holds both directions'
  end as verdict_text,
  case c.verdict when 'conflict' then 1 when 'aligned' then 3 when 'not measured' then 4 else 2 end as urgency
from marts_cx.kpi_conflict as c
inner join marts_cx.gov_kpi as k on c.kpi = k.kpi
