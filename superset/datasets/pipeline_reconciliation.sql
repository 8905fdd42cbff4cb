-- Row by row from the source's own count to core, for the latest run of each stream.
with latest as (
  select r.*, row_number() over (partition by r.source, r.stream order by u.started_at desc nulls last, r.run_id desc) as place
  from ops.reconciliation as r
  left join ops.run as u on r.run_id = u.run_id
)
select
  source, stream, rows_source, rows_fetched, rows_landed, rows_duplicate, rows_quarantined,
  rows_fetched - rows_landed - rows_duplicate - rows_quarantined as rows_missing,
  rows_staged, rows_core,
  coalesce(explanation, 'every row accounted for') as explanation
from latest
where place = 1
