-- Whether employee and customer experience move together over units, and what may be said.
with counted as (
  select
    count(*) as results, count(*) filter (where verdict like 'cannot tell%' or value is null) as untold, max(units) as units, max(icc1) as icc1, max(icc2) as icc2
  from marts_exec.link_result
)
select
  case when results = 0 then 'Not enough units yet' when untold = results then 'Cannot tell' else (results - untold) || ' of ' || results || ' can be told' end
    as verdict_text,
  case when untold = results then 'every interval holds both directions: no action on this evidence' else 'association of units, not people; no cause' end
    as verdict_note,
  untold = results as is_untold,
  coalesce(to_char(units, 'FM999,990'), '0') as units_text,
  'units with at least 5 employees and 30 customers who answered' as units_note,
  coalesce(to_char(icc1, 'FM0.00'), 'not known') as icc1_text,
  'ICC(1): how alike the people of a unit are' as icc1_note,
  coalesce(to_char(icc2, 'FM0.00'), 'not known') as icc2_text,
  'ICC(2): how well a unit''s mean tells it from others' as icc2_note
from counted
