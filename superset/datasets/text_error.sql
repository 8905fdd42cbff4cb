-- How often the reading of texts is right, on texts that people have labelled by hand.
select
  row_number() over (order by e.language, m.place) as position,
  cast(3 as bigint) as column_count,
  dense_rank() over (order by e.language) = 1 as is_first_row,
  m.place = 1 as is_row_start,
  cast(null as text) as group_title,
  e.language as row_title,
  'n = ' || e.n || ', F1 ' || to_char(e.macro_f1, 'FM0.00') || ', kappa ' || coalesce(to_char(e.kappa, 'FM0.00'), 'unknown') as row_note,
  e.mood as column_title,
  coalesce(to_char(100 * e.sensitivity, 'FM990') || ' % found', 'none labelled') as cell_text,
  'of ' || e.n_with || '; ' || coalesce(to_char(100 * (1 - e.specificity), 'FM990') || ' % of ' || e.n_without || ' others taken for it', '') as cell_note,
  case when e.n < 300 then 'low' else 's1' end as cell_state,
  e.language || ', ' || e.mood as cell_hint,
  'Grey: fewer than 300 labelled texts, so the error itself is known only roughly.' as matrix_note
from marts_cx.voice_text_error as e
inner join (values ('positive', 1), ('neutral', 2), ('negative', 3)) as m (mood, place) on e.mood = m.mood
