-- Engagement by division, where a block lies in one division alone; else its results are part of a larger block and it is hidden here.
with blocks as (
  select division, member, value_text, interval_text, n_text, list_order, shown_value
  from {{ ex_reading }} as every_cell
  where every_cell.metric = 'engagement' and every_cell.cut = 'block' and every_cell.is_latest
),
known as (
  select distinct division from marts_ex.ex_metric_value where division is not null and division <> 'all'
),
asked (metric, place) as (
  values ('engagement', 1), ('engagement_meaning', 2), ('engagement_balance', 3), ('engagement_purpose', 4), ('enps', 5)
),
single as (
  select r.metric, r.division, r.value_text, r.interval_text, r.n_text, r.unit, r.shown_value,
    count(*) over (partition by r.metric, r.division) as pieces,
    row_number() over (partition by r.metric, r.division order by r.list_order desc, r.member) as largest,
    r.member
  from {{ ex_reading }} as r
  where r.cut = 'block' and r.is_latest and r.division is not null
)
select
  row_number() over (order by k.division, a.place) as position,
  cast(5 as bigint) as column_count,
  k.division = min(k.division) over () as is_first_row,
  a.place = 1 as is_row_start,
  cast(null as text) as group_title,
  k.division as row_title,
  case when s.pieces > 1 then 'largest of ' || s.pieces || ' blocks' end as row_note,
  d.title as column_title,
  coalesce(s.value_text, 'hidden') as cell_text,
  case when s.value_text is null then 'fewer than 5' else coalesce('n = ' || s.n_text, '') end as cell_note,
  case
    when s.value_text is null then 'hidden'
    when s.unit = 'points' then case when s.shown_value < -30 then 's4' when s.shown_value < 0 then 's3' when s.shown_value < 20 then 's2' else 's1' end
    when s.shown_value < 40 then 's4' when s.shown_value < 55 then 's3' when s.shown_value < 70 then 's2' else 's1'
  end as cell_state,
  coalesce(s.member || ': ' || s.value_text || ', ' || s.interval_text, k.division || ': part of a larger block') as cell_hint,
  'The last survey, the largest block of each division. A division with fewer than five answers of its own is part of a larger block and hidden here.' as matrix_note
from known as k
cross join asked as a
inner join marts_ex.ex_metric_definition as d on a.metric = d.metric
left join single as s on a.metric = s.metric and k.division = s.division and s.largest = 1
