-- How many kinds of evidence there are about a person, and how many of those persons have said what they need.
select
  kinds || case kinds when 1 then ' kind' else ' kinds' end as kinds_text,
  coalesce(to_char(persons, 'FM999,999,990'), 'hidden: fewer than 5') as persons_text,
  coalesce(to_char(100 * share, 'FM990') || ' %', 'hidden: fewer than 5') as share_text,
  coalesce(to_char(stated_need, 'FM999,999,990') || ' (' || to_char(100.0 * stated_need / nullif(persons, 0), 'FM990') || ' %)', 'hidden: fewer than 5') as need_text,
  kinds
from marts_cx.evidence_inventory
