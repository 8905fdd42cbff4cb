-- Who, what, where, when and why: as it is and as it should be, with the evidence, the owner and the day.
with questions (w, place, title, asks) as (
  values
  ('who', 1, 'Who', 'serves customers?'), ('what', 2, 'What', 'ways make life easier?'), ('where', 3, 'Where', 'do customers meet us?'),
  ('when', 4, 'When', 'do they turn to us, and are we there?'), ('why', 5, 'Why', 'does it matter?')
),
states (state, place, title) as (
  values ('as_is', 1, 'As it is'), ('should_be', 2, 'As it should be')
),
cells as (
  select
    f.*, d.title as evidence_title,
    case d.unit when 'minutes' then 1 / 60.0 when 'share' then 100.0 else 1.0 end as factor,
    case d.unit when 'minutes' then ' h' when 'share' then ' %' else '' end as suffix
  from marts_cx.fivew_cell as f
  left join marts_cx.metric_definition as d on f.evidence_metric = d.metric
)
select
  row_number() over (order by q.place, s.place) as position,
  cast(2 as bigint) as column_count,
  q.place = 1 as is_first_row,
  s.place = 1 as is_row_start,
  cast(null as text) as group_title,
  q.title as row_title,
  q.asks as row_note,
  s.title as column_title,
  case when c.status = 'not answered' then 'not answered' else c.answer_redacted end as cell_text,
  nullif(concat_ws(' · ',
    c.evidence_title || ': ' || to_char(c.evidence * c.factor, 'FM999,990.0') || c.suffix
      || coalesce(' (' || to_char(c.evidence_low * c.factor, 'FM999,990.0') || ' to ' || to_char(c.evidence_high * c.factor, 'FM999,990.0') || ')', ''),
    'target ' || to_char(c.target * c.factor, 'FM999,990.0') || c.suffix,
    to_char(100 * c.mix_gap, 'FM990') || ' % of contacts would have to move',
    'owner ' || c.owner,
    'confidence ' || c.confidence,
    case c.status when 'stale' then 'out of date, answered ' when 'answered' then 'answered ' end || to_char(c.answered_on, 'DD Mon YYYY')
  ), '') as cell_note,
  case c.status when 'not answered' then 'missing' when 'stale' then 'stale' else 'words' end as cell_state,
  q.title || ', ' || s.title as cell_hint,
  'Ten answers, each with its evidence and 95 % interval.' as matrix_note
from questions as q
cross join states as s
left join cells as c on q.w = c.w and s.state = c.state
