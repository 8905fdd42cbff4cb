-- When each stream last arrived.
select
  h.source, h.domain, h.stream,
  to_char(h.last_loaded_at, 'DD Mon, HH24:MI') as last_loaded_text,
  round((extract(epoch from now() - h.last_loaded_at) / 3600)::numeric, 1) as hours_ago,
  case when h.last_loaded_at is null then 'never loaded' when h.last_loaded_at > now() - interval '26 hours' then 'fresh' else 'late' end as freshness,
  h.rows_landed, h.rows_quarantined,
  coalesce(h.gate, 'not checked') as gate
from marts_cx.stream_health as h
