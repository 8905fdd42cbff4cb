-- Every check of the latest run of each gate and source; failed ones first.
with ranked as (
  select g.*, dense_rank() over (partition by g.gate, g.source order by u.started_at desc nulls last, g.run_id desc) as place
  from ops.gate as g
  left join ops.run as u on g.run_id = u.run_id
)
select
  gate, coalesce(source, '–') as source, relation, replace(replace(expectation, 'expect_', ''), '_', ' ') as expectation,
  case when success then 'passed' else 'FAILED' end as outcome,
  coalesce(detail, '') as detail,
  to_char(checked_at, 'DD Mon, HH24:MI') as checked_text
from ranked
where place = 1
