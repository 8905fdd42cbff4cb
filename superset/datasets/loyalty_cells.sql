-- Liking against buying again at the end of the last closed month: four cells and, below them, those whose attitude nobody knows.
with closed as (
  select max(month) as month from marts_cx.loyalty_quadrant
),
currency as (
  select max(currency) as code from marts_cx.metric_definition
),
cells (position, loyalty, row_title, row_note, column_title, says) as (
  values
  (1, 'true', 'They like us', 'attitude high', 'buy again', 'True loyalty'),
  (2, 'latent', 'They like us', 'attitude high', 'do not', 'Latent loyalty'),
  (3, 'spurious', 'They do not', 'attitude low', 'buy again', 'Spurious loyalty'),
  (4, 'none', 'They do not', 'attitude low', 'do not', 'No loyalty'),
  (5, 'attitude missing', 'Nobody knows', 'no answer within a year', 'buy again', 'Attitude missing')
)
select
  cast(c.position as bigint) as position,
  cast(2 as bigint) as column_count,
  c.position <= 2 as is_first_row,
  c.position in (1, 3, 5) as is_row_start,
  cast(null as text) as group_title,
  c.row_title,
  c.row_note,
  c.column_title,
  c.says || ': ' || coalesce(to_char(100 * q.share, 'FM990.0') || ' %', 'nobody') as cell_text,
  case when q.accounts is not null then
    '95 % interval ' || to_char(100 * q.share_low, 'FM990.0') || ' to ' || to_char(100 * q.share_high, 'FM990.0') || ' %, '
    || to_char(q.accounts, 'FM999,999,990') || ' of ' || to_char(q.customers, 'FM999,999,990') || ' customers'
    || case when q.annual_recurring is not null then ', ' || to_char(q.annual_recurring, 'FM999,999,999,990') || coalesce(' ' || m.code, '') || ' a year' else '' end
    || case when q.hostages > 0 then ', ' || to_char(q.hostages, 'FM999,999,990') || ' dissatisfied and bound' else '' end
  end as cell_note,
  case c.loyalty when 'true' then 'good' when 'latent' then 's1' when 'spurious' then 'poor' when 'none' then 's0' else 'blank' end as cell_state,
  c.row_title || ' and ' || c.column_title as cell_hint,
  'End of ' || to_char(d.month, 'Mon YYYY') || '. The five cells add up to all customers.' as matrix_note
from cells as c
cross join closed as d
cross join currency as m
left join marts_cx.loyalty_quadrant as q on c.loyalty = q.loyalty and d.month = q.month and q.segment = 'all'
where d.month is not null
