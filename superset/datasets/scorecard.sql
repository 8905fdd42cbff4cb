-- The leadership scorecard: what people, process and technology do (leading) and what comes of it (lagging), last complete quarter.
with listed (pillar, place, kind, metric) as (
  values
  ('People', 1, 'Leading: what we do', 'alert_follow_up'),
  ('People', 2, 'Leading: what we do', 'p2p_share'),
  ('People', 3, 'Leading: what we do', 'group_stations_mean'),
  ('People', 4, 'Lagging: what comes of it', 'competence_perceived'),
  ('People', 5, 'Lagging: what comes of it', 'treated_as_person'),
  ('People', 6, 'Lagging: what comes of it', 'csat_binary'),
  ('Process', 1, 'Leading: what we do', 'first_response_business_median'),
  ('Process', 2, 'Leading: what we do', 'sla_attainment'),
  ('Process', 3, 'Leading: what we do', 'transfer_rate'),
  ('Process', 4, 'Lagging: what comes of it', 'fcr'),
  ('Process', 5, 'Lagging: what comes of it', 'reopen_rate'),
  ('Process', 6, 'Lagging: what comes of it', 'had_to_repeat'),
  ('Technology', 1, 'Leading: what we do', 'web_task_completion'),
  ('Technology', 2, 'Leading: what we do', 'search_without_result'),
  ('Technology', 3, 'Leading: what we do', 'consent_honour'),
  ('Technology', 4, 'Lagging: what comes of it', 'self_service_success'),
  ('Technology', 5, 'Lagging: what comes of it', 'containment_verified'),
  ('Technology', 6, 'Lagging: what comes of it', 'gating_friction')
)
select
  l.pillar,
  cast(l.place as bigint) as position,
  case when l.place in (1, 4) then l.kind end as group_title,
  r.title as name,
  cast(null as text) as note,
  cast(null as text) as flag_text,
  cast(null as text) as flag,
  r.state, r.value_text, r.interval_text, r.n_text, r.coverage_text, r.target_text, r.change_text, r.change_class, r.value_at, r.low_at,
  r.interval_width, r.target_at, r.zero_at, r.period_label, r.missing_text, r.suppressed_reason, r.low_precision
from listed as l
cross join lateral (
  select * from {{ metric_reading }} as every_cell where every_cell.metric = l.metric and every_cell.is_quarter offset 0
) as r
