-- Runs, newest first, with what they landed.
select
  r.run_id, r.trigger, r.state,
  to_char(r.started_at, 'DD Mon, HH24:MI') as started_text,
  round(extract(epoch from r.finished_at - r.started_at)::numeric, 0) as seconds,
  count(l.load_id) as loads,
  coalesce(sum(l.rows_landed), 0) as rows_landed,
  coalesce(sum(l.rows_quarantined), 0) as rows_quarantined,
  coalesce(string_agg(distinct l.error_code, ', '), '') as errors,
  r.started_at
from ops.run as r
left join ops.stream_load as l on r.run_id = l.run_id
group by r.run_id, r.trigger, r.state, r.started_at, r.finished_at
