-- The same cells by segment: how each segment's customers divide, at the end of the last closed month.
with closed as (
  select max(month) as month from marts_cx.loyalty_quadrant
),
cells (column_place, loyalty, column_title) as (
  values (1, 'true', 'true'), (2, 'latent', 'latent'), (3, 'spurious', 'spurious'), (4, 'none', 'none'), (5, 'attitude missing', 'nobody knows')
),
segments as (
  select q.segment, max(q.customers) as customers, row_number() over (order by max(q.customers) desc, q.segment) as row_place
  from marts_cx.loyalty_quadrant as q
  inner join closed as d on q.month = d.month
  where q.segment <> 'all'
  group by q.segment
)
select
  row_number() over (order by s.row_place, c.column_place) as position,
  cast(5 as bigint) as column_count,
  s.row_place = 1 as is_first_row,
  c.column_place = 1 as is_row_start,
  cast(null as text) as group_title,
  replace(s.segment, '_', ' ') as row_title,
  to_char(s.customers, 'FM999,999,990') || ' customers' as row_note,
  c.column_title,
  case when s.customers >= 5 then to_char(100 * coalesce(q.share, 0), 'FM990') || ' %' else 'hidden' end as cell_text,
  case when s.customers >= 5 and q.share is not null then to_char(100 * q.share_low, 'FM990') || '–' || to_char(100 * q.share_high, 'FM990') || ' %' end as cell_note,
  case
    when s.customers < 5 then 'hidden'
    when s.customers < 30 then 'low'
    when coalesce(q.share, 0) < 0.1 then 's0'
    when q.share < 0.25 then 's1'
    when q.share < 0.4 then 's2'
    when q.share < 0.6 then 's3'
    else 's4'
  end as cell_state,
  replace(s.segment, '_', ' ') || ', ' || c.column_title || ': ' || case when s.customers >= 5 then to_char(coalesce(q.accounts, 0), 'FM999,999,990') || ' customers'
    else 'hidden: fewer than 5' end as cell_hint,
  'End of ' || to_char(d.month, 'Mon YYYY') || '. Every line adds up to 100 %.' as matrix_note
from segments as s
cross join cells as c
cross join closed as d
left join marts_cx.loyalty_quadrant as q on s.segment = q.segment and c.loyalty = q.loyalty and d.month = q.month
