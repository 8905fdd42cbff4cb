-- How fresh and complete is what I read?
-- Each stream's last load and what became of its rows, the release and its time.
select h.source, h.stream, h.last_loaded_at, h.rows_fetched, h.rows_landed, h.rows_duplicate, h.rows_quarantined, h.rows_core, h.gate, s.release_id, s.data_as_of
from marts_cx.stream_health as h
cross join marts_cx.release_status as s
order by h.last_loaded_at
