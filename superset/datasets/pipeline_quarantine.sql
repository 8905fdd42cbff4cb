-- Rows held back, by field and reason, in the last 30 days; says so when there are none.
with counted as (
  select source, stream, field, reason, sum(rows) as rows_held, max(seen_at) as last_seen_at
  from ops.quarantine
  where seen_at > now() - interval '30 days'
  group by source, stream, field, reason
)
select
  source, stream, coalesce(field, '–') as field, reason, rows_held,
  to_char(last_seen_at, 'DD Mon, HH24:MI') as last_seen_text
from counted
union all
select '–', '–', '–', 'nothing was quarantined in the last 30 days', 0, '–'
where not exists (select 1 from counted)
