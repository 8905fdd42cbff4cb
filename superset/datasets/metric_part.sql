-- Additive parts of every metric by day. Choose one metric, filter and cut as you like: value, low, high and n are worked out anew.
-- A quantile stands with one row a case and its bucket; a case that is not done has none, and comes last.
with parts as (
  select
    p.*,
    d.title, d.unit, d.estimator, d.from_parts, d.over_time, d.quantile, d.privacy_k,
    d.from_parts in ('bucket_interval', 'bucket_value') as is_timed
  from marts_cx.metric_part as p
  inner join marts_cx.metric_definition as d on p.metric = d.metric and p.version = d.version
)
select
  metric, version, title, unit, estimator, from_parts, over_time, quantile, privacy_k, day,
  over_time = 'sum' or day = max(day) over (partition by metric, version, date_trunc('month', day)) as is_month_close,
  country, segment, industry, strategic, channel, queue, survey, touchpoint, stage, role, reason, item,
  case when is_timed then 1 else den end as den,
  case when is_timed then (histogram is not null)::int else num end as num,
  promoters, detractors, total, total_squared, base, base_squared, cross_product,
  {% histogram_measure histogram 0 %} as bucket_from,
  {% histogram_measure histogram 0.5 %} as bucket_middle,
  {% histogram_measure histogram 1 %} as bucket_to
from parts
cross join lateral generate_series(1, case when is_timed then den else 1 end) as one_case
where from_parts <> 'none'
