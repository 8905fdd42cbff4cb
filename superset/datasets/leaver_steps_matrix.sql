-- The five steps of parting by the quarter of the notice: done in time, of those that can be judged.
with quarters as (
  select quarter, row_number() over (order by quarter desc) as age, row_number() over (order by quarter) as place
  from (
    select distinct f.quarter
    from marts_cx.leaver_funnel as f
    where f.reason = 'all' and f.quarter < (select date_trunc('quarter', coalesce(max(data_as_of), now())) from marts_cx.release_status)
  ) as known
),
steps as (
  select distinct item, step_number from marts_cx.leaver_funnel where reason = 'all'
)
select
  row_number() over (order by s.step_number, q.place) as position,
  (select least(count(*), 8) from quarters) as column_count,
  s.step_number = 1 as is_first_row,
  q.age = max(q.age) over () as is_row_start,
  cast(null as text) as group_title,
  s.step_number || '. ' || s.item as row_title,
  cast(null as text) as row_note,
  to_char(q.quarter, '"Q"Q YYYY') as column_title,
  case when f.leavers < 5 then 'hidden' when f.done_share is null then 'open' else to_char(100 * f.done_share, 'FM990') || ' %' end as cell_text,
  case
    when f.leavers < 5 then null
    else to_char(f.done, 'FM999,990') || ' of ' || to_char(f.done + f.late + f.missed, 'FM999,990')
  end as cell_note,
  case
    when f.leavers is null or f.done_share is null then 'blank'
    when f.leavers < 5 then 'hidden'
    when f.done + f.late + f.missed < 10 then 'low'
    when f.done_share < 0.5 then 's4'
    when f.done_share < 0.65 then 's3'
    when f.done_share < 0.8 then 's2'
    when f.done_share < 0.95 then 's1'
    else 's0'
  end as cell_state,
  s.item || ', ' || to_char(q.quarter, '"Q"Q YYYY') || ': '
    || case
      when f.leavers < 5 then 'hidden: fewer than 5'
      else coalesce(f.done || ' in time, ' || f.late || ' late, ' || f.missed || ' missed, ' || f.still_open || ' still open'
        || coalesce('; 95 % interval ' || to_char(100 * f.done_low, 'FM990') || ' to ' || to_char(100 * f.done_high, 'FM990') || ' %', ''), 'no notice')
    end as cell_hint,
  'Done in time, of the leavers whose step can be judged; point at a cell for its interval and what is late, missed or open.' as matrix_note
from steps as s
cross join quarters as q
left join marts_cx.leaver_funnel as f on s.item = f.item and q.quarter = f.quarter and f.reason = 'all'
where q.age <= 8
