-- What leaders did with the numbers, month by month; what no source tells says so.
with signals (place, signal, title) as (
  values
  (1, 'decisions_taken', 'Decisions recorded'), (2, 'actions_sponsored', 'Actions begun'), (3, 'actions_finished', 'Actions finished'),
  (4, 'scorecards_opened', 'Scorecards opened'), (5, 'loops_closed_in_person', 'Customers called by a leader')
),
months as (
  select month, row_number() over (order by month desc) as age from (select distinct month from marts_cx.leadership_pulse) as known
)
select
  row_number() over (order by s.place, m.month) as position,
  (select least(count(*), 12) from months) as column_count,
  s.place = 1 as is_first_row,
  m.age = max(m.age) over () as is_row_start,
  cast(null as text) as group_title,
  s.title as row_title,
  case when p.missing is not null then 'not supplied'
    else coalesce(nullif(max(p.streak_months) filter (where m.age = 1) over (partition by s.signal), 0) || ' months in a row', 'not this month') end as row_note,
  to_char(m.month, 'Mon YY') as column_title,
  case when p.events > 0 then to_char(p.events, 'FM999,990') end as cell_text,
  cast(null as text) as cell_note,
  case when p.events is null then 'low' when p.events = 0 then 'blank' when p.events < 3 then 's1' when p.events < 6 then 's2' else 's3' end as cell_state,
  s.title || ', ' || to_char(m.month, 'Mon YYYY') || ': ' || coalesce(p.missing, to_char(p.events, 'FM999,990')) as cell_hint,
  'How steadily leaders work with what they are told. Counts, not merit: one good decision outweighs ten hasty ones.' as matrix_note
from signals as s
cross join months as m
left join marts_cx.leadership_pulse as p on s.signal = p.signal and m.month = p.month
where m.age <= 12
