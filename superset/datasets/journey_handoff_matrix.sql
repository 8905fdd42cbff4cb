-- Tickets handed from team to team in the last twelve months, and how long they lay until a person of the new team acted.
with window_of_months as (
  select date_trunc('month', coalesce(max(data_as_of), now()))::date as until_month from marts_cx.release_status
),
counted as (
  select h.from_queue, h.to_queue, sum(h.handoffs) as handoffs
  from marts_cx.support_handoff as h
  cross join window_of_months as w
  where h.month < w.until_month and h.month >= w.until_month - interval '12 months'
  group by h.from_queue, h.to_queue
),
senders as (
  select from_queue, sum(handoffs) as sent, row_number() over (order by sum(handoffs) desc, from_queue) as column_place
  from counted
  group by from_queue
),
receivers as (
  select to_queue, sum(handoffs) as got, row_number() over (order by sum(handoffs) desc, to_queue) as row_place
  from counted
  group by to_queue
),
waits as (
  select item, value_text, interval_text, n_text, state, period_label
  from (
    select replace(every_cell.member_key, ' > ', '>') as item, every_cell.value_text, every_cell.interval_text, every_cell.n_text,
      every_cell.state, every_cell.period_label
    from {{ metric_reading }} as every_cell
    where every_cell.metric = 'handoff_wait_calendar_median' and every_cell.cut = 'item' and every_cell.grain = 'quarter' and every_cell.is_latest
  ) as newest
)
select
  row_number() over (order by r.row_place, s.column_place) as position,
  (select least(6, count(*)) from senders) as column_count,
  r.row_place = 1 as is_first_row,
  s.column_place = 1 as is_row_start,
  cast(null as text) as group_title,
  'to ' || r.to_queue as row_title,
  cast(null as text) as row_note,
  'from ' || s.from_queue as column_title,
  case when c.handoffs >= 5 then to_char(c.handoffs, 'FM999,999,990') when c.handoffs > 0 then 'hidden' end as cell_text,
  case
    when c.handoffs < 5 then 'fewer than 5'
    when w.state in ('shown', 'imprecise') then w.value_text || case when w.interval_text like 'cannot%' then ', too few for an interval' else coalesce(' (' || w.interval_text || ')', '') end
    when c.handoffs > 0 then 'wait: too few'
  end as cell_note,
  case
    when c.handoffs is null then 'blank'
    when c.handoffs < 5 then 'hidden'
    else 's' || least(3, floor(4.0 * c.handoffs / max(c.handoffs) over ()))::text
  end as cell_state,
  s.from_queue || ' to ' || r.to_queue || coalesce(': median wait ' || nullif(w.value_text, 'hidden') || ', n = ' || w.n_text || ', ' || w.period_label, '')
    as cell_hint,
  'Handings over in twelve months; below, the median wait in the last complete quarter. '
    || to_char(sum(coalesce(c.handoffs, 0)) over (), 'FM999,999,990') || ' of '
    || to_char((select sum(handoffs) from counted), 'FM999,999,990') || ' are in this table: the twelve teams that got most.' as matrix_note
from receivers as r
cross join senders as s
left join counted as c on s.from_queue = c.from_queue and r.to_queue = c.to_queue
left join waits as w on s.from_queue || '>' || r.to_queue = w.item
where r.row_place <= 12 and s.column_place <= 6
