-- How often each touchpoint's promises were kept, in each of the last eight complete quarters.
with reading as (
  select *
  from {{ metric_reading }} as every_cell
  where every_cell.metric = 'promise_kept' and every_cell.cut = 'touchpoint' and every_cell.grain = 'quarter' and every_cell.is_complete
),
quarters as (
  select period_start, row_number() over (order by period_start desc) as age
  from reading
  group by period_start
),
shown as (
  select period_start, row_number() over (order by period_start) as column_place
  from quarters
  where age <= 8
),
touchpoints as (
  select member_key, max(member) as member, row_number() over (order by max(case when is_latest and n >= 30 then value end) nulls last, member_key) as row_place
  from reading
  group by member_key
)
select
  row_number() over (order by t.row_place, s.column_place) as position,
  (select count(*) from shown) as column_count,
  t.row_place = 1 as is_first_row,
  s.column_place = 1 as is_row_start,
  cast(null as text) as group_title,
  t.member as row_title,
  cast(null as text) as row_note,
  to_char(s.period_start, '"Q"Q YYYY') as column_title,
  case when r.state = 'hidden' then 'hidden' else r.value_text end as cell_text,
  case when r.state = 'hidden' then 'fewer than 5' when r.value is not null then r.interval_text end as cell_note,
  case
    when r.member_key is null then 'empty'
    when r.state = 'hidden' then 'hidden'
    when r.low_precision then 'low'
    when r.value < 0.5 then 's4' when r.value < 0.65 then 's3' when r.value < 0.8 then 's2' when r.value < 0.95 then 's1' else 's0'
  end as cell_state,
  t.member || ', ' || to_char(s.period_start, '"Q"Q YYYY') || coalesce(': kept in ' || r.value_text || ' of ' || r.n_text || ' cases. ' || r.change_text, '')
    as cell_hint,
  'Share of promises kept and its 95 % interval, the weakest touchpoint first.' as matrix_note
from touchpoints as t
cross join shown as s
left join reading as r on t.member_key = r.member_key and s.period_start = r.period_start
