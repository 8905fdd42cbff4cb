-- How much more likely customers are to leave after a bad experience, and what stands on it; the last complete quarter.
with quarter as (
  select date_trunc('quarter', coalesce(max(data_as_of), now()))::date as until_quarter from marts_cx.release_status
),
newest as (
  select h.*, row_number() over (order by h.period_start desc) as age
  from marts_cx.value_hazard as h
  cross join quarter as q
  where h.period_start < q.until_quarter
)
select
  case when n.ratio is null then 'cannot tell' else to_char(n.ratio, 'FM990.0') || ' times' end as ratio_text,
  coalesce(case when n.ratio is not null then 'as likely to leave: 95 % interval ' || to_char(n.ratio_low, 'FM990.0') || ' to ' || to_char(n.ratio_high, 'FM990.0')
    || '; ' || n.verdict else n.verdict end, 'no complete quarter yet') as ratio_note,
  coalesce(to_char(n.lost_exposed, 'FM999,990') || ' of ' || to_char(n.lost, 'FM999,990'), '–') as lost_text,
  'customers lost had a bad experience before' as lost_note,
  coalesce(to_char(100 * n.hazard_exposed, 'FM990.0') || ' %', '–') as exposed_text,
  'leave in a month after a bad experience; ' || coalesce(to_char(100 * n.hazard_others, 'FM990.0') || ' %', 'unknown') || ' in another (not adjusted)' as exposed_note,
  coalesce(to_char(n.accounts, 'FM999,999,990'), '–') as accounts_text,
  'customers followed over ' || coalesce(to_char(n.account_months, 'FM999,999,990'), 'no') || ' months, up to ' || coalesce(to_char(n.period_start, '"Q"Q YYYY'), 'now') as accounts_note
from (select 1 as one) as always
left join newest as n on n.age = 1
