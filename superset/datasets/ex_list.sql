-- What employees say and what their records show, for everybody: the last quarter with results.
with listed (topic, place, kind, metric) as (
  values
  ('records', 1, 'Who stays', 'turnover'), ('records', 2, 'Who stays', 'turnover_voluntary'), ('records', 3, 'Who stays', 'turnover_regrettable'),
  ('records', 4, 'Who stays', 'early_leavers_90'), ('records', 5, 'Who stays', 'retention_first_year'), ('records', 6, 'Who stays', 'tenure_median'),
  ('work', 1, 'Health and hours', 'absence_rate'), ('work', 2, 'Health and hours', 'absence_frequency'), ('work', 3, 'Health and hours', 'after_hours_share'),
  ('work', 4, 'Skills', 'training_on_time'), ('work', 5, 'Skills', 'knowledge_score'), ('work', 6, 'How far to believe', 'engagement_alpha')
)
select
  l.topic,
  cast(l.place as bigint) as position,
  case when l.kind is distinct from lag(l.kind) over (partition by l.topic order by l.place) then l.kind end as group_title,
  r.title as name,
  cast(null as text) as note,
  cast(null as text) as flag_text,
  cast(null as text) as flag,
  r.state, r.value_text, r.interval_text, r.n_text, r.coverage_text, r.target_text, r.change_text, r.change_class, r.value_at, r.low_at,
  r.interval_width, r.target_at, r.zero_at, r.period_label, r.missing_text, r.suppressed_reason, r.low_precision
from listed as l
inner join {{ ex_reading }} as r on l.metric = r.metric and r.is_quarter
