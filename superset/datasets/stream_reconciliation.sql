-- What each source stream delivered and how much of it the marts hold.
select
  source, domain, stream,
  to_char(last_loaded_at, 'DD Mon, HH24:MI') as last_loaded_text,
  rows_landed, rows_quarantined, rows_staged, rows_core,
  coalesce(gate, 'not checked') as gate,
  coalesce(explanation, case when rows_staged = rows_core then 'every row accounted for' else 'no explanation recorded' end) as explanation
from marts_cx.stream_health
