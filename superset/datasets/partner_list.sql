-- Each partner in the last complete quarter: delivered on time and in full, and what was disputed. Partners are companies, shown by a short key.
with newest as (
  select max(p.quarter) as quarter
  from marts_cx.partner_scorecard as p
  where p.quarter < (select date_trunc('quarter', coalesce(max(data_as_of), now())) from marts_cx.release_status)
),
currency as (
  select max(currency) as code from marts_cx.metric_definition
)
select
  replace(p.role, '_', ' ') as role,
  replace(p.partner_type, '_', ' ') as partner_type,
  upper(left(p.partner_key, 6)) as partner,
  case when p.otif_share is null then 'none due'
    else to_char(100 * p.otif_share, 'FM990') || ' % (' || to_char(100 * p.otif_low, 'FM990') || ' to ' || to_char(100 * p.otif_high, 'FM990') || ')' end as otif_text,
  coalesce(to_char(100 * p.on_time_share, 'FM990') || ' %', '–') as on_time_text,
  coalesce(to_char(100 * p.in_full_share, 'FM990') || ' %', '–') as in_full_text,
  p.due,
  case when p.disputes = 0 then 'none' else p.disputes || case when p.disputes_open > 0 then ', ' || p.disputes_open || ' open' else ', all settled' end end as dispute_text,
  coalesce(to_char(p.dispute_days_median, 'FM999,990.0') || ' days', '–') as settled_text,
  coalesce(to_char(p.amount, 'FM999,999,999,990') || coalesce(' ' || m.code, ''), '–') as amount_text,
  case when p.due < 10 then 'few lines: read with care' else '' end as care_text,
  p.otif_share,
  p.otif_high
from marts_cx.partner_scorecard as p
inner join newest as n on p.quarter = n.quarter
cross join currency as m
