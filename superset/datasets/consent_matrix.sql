-- Where people stand on each purpose: their newest word, by the source that has it.
with newest as (
  select person_key, purpose, source, is_granted, row_number() over (partition by person_key, purpose order by happened_at desc, consent_event_key) as pick
  from marts_cx.fct_consent_event
  where person_key is not null
),
lines as (
  select purpose, count(*) filter (where is_granted) as granted, count(*) filter (where not is_granted) as refused
  from newest
  where pick = 1
  group by purpose
)
select
  row_number() over (order by l.purpose, v.place) as position,
  cast(2 as bigint) as column_count,
  dense_rank() over (order by l.purpose) = 1 as is_first_row,
  v.place = 1 as is_row_start,
  cast(null as text) as group_title,
  replace(l.purpose, '_', ' ') as row_title,
  cast(null as text) as row_note,
  v.title as column_title,
  case when v.persons between 1 and 4 then 'hidden' else to_char(v.persons, 'FM999,999,990') end as cell_text,
  case when v.persons between 1 and 4 then 'fewer than 5' else 'persons' end as cell_note,
  case when v.persons between 1 and 4 then 'hidden' when v.place = 1 then 's1' else 'unmeasured' end as cell_state,
  replace(l.purpose, '_', ' ') || ': ' || v.title as cell_hint,
  'Persons by their newest word.' as matrix_note
from lines as l
cross join lateral (values (1, 'said yes', l.granted), (2, 'withdrew or said no', l.refused)) as v (place, title, persons)
