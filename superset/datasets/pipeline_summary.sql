-- The state of the pipeline in one row.
with last_run as (
  select run_id, state, started_at, finished_at from ops.run order by started_at desc limit 1
),
loads as (
  select coalesce(sum(l.rows_landed), 0) as landed, coalesce(sum(l.rows_quarantined), 0) as quarantined
  from ops.stream_load as l
  where l.started_at > (select max(started_at) from ops.stream_load) - interval '24 hours'
),
streams as (
  select count(*) as streams, count(*) filter (where last_loaded_at > now() - interval '26 hours') as fresh from marts_cx.stream_health
),
ranked_checks as (
  select g.success, dense_rank() over (partition by g.gate, g.source order by u.started_at desc nulls last, g.run_id desc) as place
  from ops.gate as g
  left join ops.run as u on g.run_id = u.run_id
),
checks as (
  select count(*) as checks, count(*) filter (where not success) as failed from ranked_checks where place = 1
),
last_release as (
  select release_id, state, published_at from ops.release order by published_at desc nulls last, release_id desc limit 1
)
select
  s.fresh || ' of ' || s.streams as fresh_text,
  case when s.fresh = s.streams then 'all within 26 hours' else (s.streams - s.fresh) || ' late: see freshness below' end as fresh_note,
  s.fresh < s.streams as any_late,
  to_char(l.landed, 'FM999,999,999,990') as landed_text,
  'new or changed' as landed_note,
  to_char(l.quarantined, 'FM999,999,999,990') as quarantined_text,
  case when l.landed + l.quarantined = 0 then 'nothing fetched'
    else to_char(100.0 * l.quarantined / (l.landed + l.quarantined), 'FM990.00') || ' % of what arrived' end as quarantined_note,
  case when c.checks = 0 then 'none' when c.failed = 0 then 'all ' || c.checks || ' passed' else c.failed || ' of ' || c.checks || ' failed' end as checks_text,
  'of the latest runs' as checks_note,
  c.failed > 0 as checks_failed,
  coalesce(r.state, 'none yet') as release_text,
  coalesce(r.release_id, '') as release_note,
  coalesce(r.state = 'blocked', false) as release_blocked,
  coalesce(u.state, 'none yet') as run_text,
  coalesce(to_char(u.started_at, 'DD Mon, HH24:MI') || ' UTC', '') as run_note,
  coalesce(u.state in ('failed', 'blocked'), false) as run_failed
from streams as s
cross join loads as l
cross join checks as c
left join last_release as r on true
left join last_run as u on true
