-- One row a cell of ex_metric_value, with everything a tile draws, as text and as positions. Hidden cells are part of a larger block.
with latest as (
  select metric, max(period_start) as latest_start from marts_ex.ex_metric_value group by metric
),
widest as (
  select metric, period_start, block_key = 'all' as is_total, max(greatest(value, ci_high, target)) as widest, min(least(value, ci_low)) as lowest
  from marts_ex.ex_metric_value
  group by metric, period_start, block_key = 'all'
),
joined as (
  select
    d.metric, d.title, d.unit, d.direction, d.estimator, d.definition, d.question, c.block_key, c.block_label, c.division, c.period_start,
    case when c.block_key = 'all' then 'total' when c.metric is not null then 'block' else 'total' end as cut,
    coalesce(c.period_start = l.latest_start, true) as is_latest,
    c.metric is null as is_missing,
    c.value, c.ci_low, c.ci_high, c.ci_method, c.n, c.coverage_rate, c.target, c.change, c.change_label, coalesce(c.low_precision, false) as low_precision,
    c.suppressed_reason,
    case when d.unit = 'share' or d.estimator = 'event_rate' then 100.0 else 1.0 end as factor,
    case
      when d.unit = 'points' then 100.0
      when d.unit = 'share' and w.widest > 0.25 then 1.0
      when d.unit = 'share' then 0.25
      when w.widest > 0 then 1.15 * w.widest
    end as scale_high,
    case when d.unit = 'points' then -100.0 else least(0.0, w.lowest) end as scale_low
  from marts_ex.ex_metric_definition as d
  left join marts_ex.ex_metric_value as c on d.metric = c.metric
  left join latest as l on c.metric = l.metric
  left join widest as w on c.metric = w.metric and c.period_start = w.period_start and (c.block_key = 'all') = w.is_total
),
shown as (
  select
    *,
    value * factor as shown_value,
    ci_low * factor as shown_low,
    ci_high * factor as shown_high,
    case unit when 'share' then ' %' when 'rate' then case estimator when 'event_rate' then ' %' else ' a year' end when 'years' then ' years' else '' end as suffix,
    case unit when 'count' then 'FM999,999,990' when 'points' then 'FMSG990' when 'index' then 'FM990.00' else 'FM999,990.0' end as pattern
  from joined
)
select
  metric, title, unit, direction, definition, question, cut, block_label as member, coalesce(n, -1) as list_order, cast(null as bigint) as stage_order,
  division, 'quarter' as grain, period_start, to_char(period_start, '"Q"Q YYYY') as period_label, is_latest,
  is_latest and cut = 'total' as is_headline,
  is_latest and cut = 'total' as is_quarter,
  is_latest and cut = 'total' as is_current,
  cut = 'total' as is_complete,
  case when is_missing then 'No HR system is connected that answers this yet.' end as missing_text,
  suppressed_reason, low_precision, shown_value, shown_low, shown_high,
  case
    when is_missing then 'unconnected'
    when suppressed_reason is not null then 'hidden'
    when value is null then 'empty'
    when low_precision then 'imprecise'
    else 'shown'
  end as state,
  case
    when is_missing then 'no data'
    when suppressed_reason is not null then 'hidden'
    when value is null then '–'
    else to_char(shown_value, pattern) || suffix
  end as value_text,
  case
    when value is null then null
    when unit = 'count' then null
    when ci_low is null then 'no interval below 20 people'
    else to_char(shown_low, pattern) || ' to ' || to_char(shown_high, pattern) || suffix
  end as interval_text,
  case when value is not null then to_char(n, 'FM999,999,990') end as n_text,
  case when value is not null then to_char(100 * coverage_rate, 'FM990') || ' %' end as coverage_text,
  case when target is not null then 'target ' || to_char(target * factor, pattern) || suffix end as target_text,
  case
    when value is null or change_label is null then null
    when change_label in ('up', 'down') then case change_label when 'up' then '▲ ' else '▼ ' end
      || to_char(abs(change * factor), case unit when 'count' then 'FM999,999,990' else 'FM999,990.0' end)
      || case when unit in ('share', 'rate', 'points') then ' points' else '' end
      || case change_label when 'up' then ' above' else ' below' end || ' the quarter before'
    when change_label = 'cannot tell' then 'Change: cannot tell, too few'
    else 'No clear change on the quarter before'
  end as change_text,
  case
    when change_label not in ('up', 'down') or change_label is null or direction not in ('higher', 'lower') then 'flat'
    when (change_label = 'up') = (direction = 'higher') then 'better'
    else 'worse'
  end as change_class,
  to_char(scale_low * factor, pattern) || ' to ' || to_char(scale_high * factor, pattern) || suffix as scale_text,
  case when value is not null then round(least(100, greatest(0, 100 * (value - scale_low) / nullif(scale_high - scale_low, 0)))::numeric, 1) end as value_at,
  case when ci_low is not null then round(least(100, greatest(0, 100 * (ci_low - scale_low) / nullif(scale_high - scale_low, 0)))::numeric, 1) end as low_at,
  case when ci_low is not null then round(least(100, greatest(1, 100 * (ci_high - ci_low) / nullif(scale_high - scale_low, 0)))::numeric, 1) end as interval_width,
  case when target is not null then round((100 * (target - scale_low) / nullif(scale_high - scale_low, 0))::numeric, 1) end as target_at,
  case when value is not null and scale_low < 0 then round((100 * (0 - scale_low) / (scale_high - scale_low))::numeric, 1) end as zero_at
from shown
