-- What persons have lived through, all their contacts together: how many persons by the best, mean, last and worst score they gave.
with scored as (
  select v.place, v.name, v.note, least(4, floor(5 * v.score)) as band
  from marts_cx.person_experience as p
  cross join lateral (
    values
    (1, 'Best', 'the peak', p.peak_score), (2, 'Mean', 'of all they gave', p.mean_score),
    (3, 'Last', 'the end', p.end_score), (4, 'Worst', 'the low point', p.worst_score)
  ) as v (place, name, note, score)
  where p.scores > 0
),
counted as (
  select place, name, note, band, count(*) as persons from scored group by place, name, note, band
),
ranked as (
  select
    *,
    row_number() over (partition by place order by persons, band) as size_place,
    count(*) filter (where persons < 5) over (partition by place) as small
  from counted
),
guarded as (  -- one hidden cell alone could be told from the others and their sum: the next smallest is hidden with it
  select place, band, persons, persons < 5 or (small = 1 and size_place = 2) as is_hidden from ranked
),
lines as (
  select distinct place, name, note from scored
),
bands (band, title) as (
  values (0, 'lowest fifth of the scale'), (1, 'second fifth'), (2, 'middle'), (3, 'fourth fifth'), (4, 'highest fifth')
)
select
  row_number() over (order by l.place, b.band) as position,
  cast(5 as bigint) as column_count,
  l.place = 1 as is_first_row,
  b.band = 0 as is_row_start,
  cast(null as text) as group_title,
  l.name as row_title,
  l.note as row_note,
  b.title as column_title,
  case when c.is_hidden then 'hidden' else to_char(coalesce(c.persons, 0), 'FM999,999,990') end as cell_text,
  case
    when c.is_hidden then 'fewer than 5'
    else to_char(100.0 * coalesce(c.persons, 0) / sum(c.persons) over (partition by l.place), 'FM990') || ' %'
  end as cell_note,
  case
    when c.is_hidden then 'hidden'
    else 's' || least(4, floor(8.0 * coalesce(c.persons, 0) / sum(c.persons) over (partition by l.place)))::text
  end as cell_state,
  l.name || ' score in the ' || b.title as cell_hint,
  (select to_char(count(*), 'FM999,999,990') || ' persons, ' || to_char(count(*) filter (where scores > 0), 'FM999,999,990') from marts_cx.person_experience)
    || ' of them with a score; half have had ' || (select percentile_cont(0.5) within group (order by interactions) from marts_cx.person_experience)::bigint
    || ' contacts or more.' as matrix_note
from lines as l
cross join bands as b
left join guarded as c on l.place = c.place and b.band = c.band
