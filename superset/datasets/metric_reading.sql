-- One row a cell of metric_value (and one for a defined metric with no cell), with everything a tile draws, as text and as positions.
-- Where no system is connected that could answer, the row says which is missing.
with clock as (
  select coalesce(max(data_as_of), now()) as data_as_of from marts_cx.release_status
),
cells as not materialized (  -- so that a chart's filter reaches the table: a release holds hundreds of thousands of cells
  select
    v.*,
    (v.period_start + case v.grain when 'week' then interval '7 days' when 'month' then interval '1 month' else interval '3 months' end)
      <= clock.data_as_of as is_complete,
    coalesce(nullif(concat_ws(' and ',
      case when v.segment <> 'all' then 'segment' end,
      case when v.country <> 'all' then 'country' end,
      case when v.industry <> 'all' then 'industry' end,
      case when v.strategic <> 'all' then 'strategic' end,
      case when v.channel <> 'all' then 'channel' end,
      case when v.queue <> 'all' then 'queue' end,
      case when v.survey <> 'all' then 'survey' end,
      case when v.touchpoint <> 'all' then 'touchpoint' end,
      case when v.stage <> 'all' then 'stage' end,
      case when v.role <> 'all' then 'role' end,
      case when v.reason <> 'all' then 'reason' end,
      case when v.item <> 'all' then 'item' end), ''), 'total') as cut,
    coalesce(nullif(concat_ws(', ', nullif(v.segment, 'all'), nullif(v.country, 'all'), nullif(v.industry, 'all'), nullif(v.strategic, 'all'), nullif(v.channel, 'all'),
      nullif(v.queue, 'all'), nullif(v.survey, 'all'), nullif(v.touchpoint, 'all'), nullif(v.stage, 'all'), nullif(v.role, 'all'),
      nullif(v.reason, 'all'), nullif(v.item, 'all')), ''), 'all customers') as member
  from marts_cx.metric_value as v
  cross join clock
),
latest as (
  select
    metric,
    grain,
    max(period_start) as now_start,
    coalesce(max(period_start) filter (where is_complete), max(period_start)) as latest_start
  from cells
  where cut = 'total'
  group by metric, grain
),
widest as (
  select
    metric, grain, period_start, cut,
    max(greatest(value, ci_high, target)) as widest,
    min(least(value, ci_low, target)) as lowest
  from cells
  group by metric, grain, period_start, cut
),
joined as (
  select
    d.metric, d.title, d.unit, d.currency, d.direction, d.estimator, d.definition, d.question,
    coalesce(c.cut, 'total') as cut,
    c.member as member_key,
    case
      when c.member = 'unknown' and c.cut in ('segment', 'industry', 'strategic') and a.sources is null then 'unknown: no CRM connected'
      when c.cut = 'stage' then coalesce(g.title, c.member)
      when c.cut = 'touchpoint' then coalesce(t.title, c.member)
      when c.cut = 'strategic' and c.member in ('yes', 'no') then case c.member when 'yes' then 'strategic' else 'all others' end
      else c.member
    end as member,
    g.position as stage_order,
    c.grain, c.period_start, coalesce(c.is_complete, true) as is_complete,
    coalesce(c.period_start = l.latest_start, true) as is_latest,
    coalesce(c.period_start = l.now_start, true) as is_now,
    case when c.metric is null then s.is_connected is not true else coalesce(c.suppressed_reason like 'source not connected%', false) end
      as is_unconnected,
    coalesce(c.suppressed_reason = 'no cases yet', s.is_connected and c.metric is null, false) as is_waiting,
    case s.domain when 'crm' then 'CRM' when 'hr' then 'HR system' when 'website' then 'website analytics' else s.domain || ' system' end as system,
    s.sources,
    c.value, c.ci_low, c.ci_high, c.n, c.n_eligible, c.coverage_rate, coalesce(c.target, d.target) as target,
    c.change, c.change_label, coalesce(c.low_precision, false) as low_precision, c.suppressed_reason, c.restated, c.release_id,
    -- minutes are shown in hours, shares in per cent: one factor for value, bounds, target and change
    case d.unit when 'minutes' then 1 / 60.0 when 'share' then 100.0 when 'ratio' then 100.0 else 1.0 end as factor,
    case
      when d.unit = 'points' and coalesce(c.cut, 'total') = 'total' then 100.0
      when d.unit = 'points' then least(100, 10 * ceil(w.widest / 10) + 10)
      when d.unit not in ('share', 'ratio') then case when w.widest > 0 then 1.15 * w.widest when w.lowest < 0 then 0.0 end
      when w.widest <= 0.25 then 0.25
      when d.unit = 'ratio' and w.widest > 1 then 1.15 * w.widest  -- revenue kept can be more than there was
      else 1.0
    end as scale_high,
    case
      when d.unit = 'share' then 0.0
      when d.unit <> 'points' then least(0.0, 1.15 * w.lowest)
      when coalesce(c.cut, 'total') = 'total' then -100.0
      else greatest(-100, 10 * floor(w.lowest / 10) - 10)
    end as scale_low
  from marts_cx.metric_definition as d
  left join marts_cx.source_coverage as s on d.entity = s.entity
  left join marts_cx.source_coverage as a on a.entity = 'accounts'
  left join cells as c on d.metric = c.metric
  left join latest as l on c.metric = l.metric and c.grain = l.grain
  left join widest as w on c.metric = w.metric and c.grain = w.grain and c.period_start = w.period_start and c.cut = w.cut
  left join marts_cx.dim_stage as g on c.stage = g.stage
  left join marts_cx.dim_touchpoint as t on c.touchpoint = t.touchpoint_key and t.is_current
),
shown as (
  select
    *,
    value * factor as shown_value,
    ci_low * factor as shown_low,
    ci_high * factor as shown_high,
    target * factor as shown_target,
    case unit when 'minutes' then ' h' when 'share' then ' %' when 'ratio' then ' %' when 'days' then ' days' when 'money' then coalesce(' ' || currency, '') else '' end as suffix,
    case when unit in ('count', 'money') then 'FM999,999,999,990' when unit = 'points' then 'FMSG990' when unit in ('score', 'index') then 'FM999,990.00' else 'FM999,990.0' end as pattern,
    case
      when is_unconnected or is_waiting then null
      when grain = 'month' then to_char(period_start, 'Mon YYYY')
      when grain = 'quarter' then to_char(period_start, '"Q"Q YYYY')
      else to_char(period_start, '"week of" DD Mon YYYY')
    end as period_label
  from joined
)
select
  metric, title, unit, direction, definition, question, cut, member_key, replace(member, '_', ' ') as member, coalesce(n, -1) as list_order, stage_order, grain, period_start, period_label, is_complete, is_latest, is_now,
  grain is null or (grain = 'month' and cut = 'total' and is_latest) as is_headline,
  grain is null or (grain = 'month' and cut = 'total' and is_now) as is_current,
  grain is null or (grain = 'quarter' and cut = 'total' and is_latest) as is_quarter,
  is_unconnected,
  case
    when is_unconnected then 'No ' || coalesce(system, 'system that answers this') || ' is connected yet.'
    when is_waiting then 'Nothing to count has come from ' || replace(sources, '_', ' ') || ' yet.'
  end as missing_text,
  value, ci_low, ci_high, n, n_eligible, coverage_rate, target, change_label, low_precision, suppressed_reason, release_id,
  shown_value, shown_low, shown_high,
  case
    when is_unconnected then 'unconnected'
    when is_waiting then 'empty'
    when suppressed_reason is not null then 'hidden'
    when value is null then 'empty'
    when low_precision then 'imprecise'
    else 'shown'
  end as state,
  case
    when is_unconnected then 'no data'
    when is_waiting then '–'
    when suppressed_reason is not null then 'hidden'
    when value is null and n > 0 and estimator in ('km', 'quantile_order') then 'not reached'
    when value is null then '–'
    else to_char(shown_value, pattern) || suffix
  end as value_text,
  case
    when value is null and (ci_low is null or estimator not in ('km', 'quantile_order')) then null
    when ci_low is null and ci_high is null then 'cannot be given yet'
    when ci_high is null then to_char(shown_low, pattern) || suffix || ' or more'
    when ci_low is null then to_char(shown_high, pattern) || suffix || ' or less'
    else to_char(shown_low, pattern) || ' to ' || to_char(shown_high, pattern) || suffix
  end as interval_text,
  case when value is not null and unit <> 'count' then to_char(n, 'FM999,999,990') end as n_text,
  case when value is not null and unit <> 'count' then to_char(100 * coverage_rate, 'FM990') || ' %' end as coverage_text,
  case when target is null then null else 'target ' || to_char(shown_target, pattern) || suffix end as target_text,
  case
    when value is null or change_label is null then null
    when change_label in ('up', 'down')
      then case change_label when 'up' then '▲ ' else '▼ ' end || to_char(abs(change * factor), case when unit = 'points' then 'FM999,990.0' else pattern end)
        || case when unit in ('share', 'ratio', 'points') then ' points' else suffix end
        || case change_label when 'up' then ' above' else ' below' end || ' the ' || grain || ' before'
    when change_label = 'cannot tell' then 'Change: cannot tell, too few'
    else 'No clear change on the ' || grain || ' before'
  end as change_text,
  case
    when change_label not in ('up', 'down') or change_label is null or direction not in ('higher', 'lower') then 'flat'
    when (change_label = 'up') = (direction = 'higher') then 'better'
    else 'worse'
  end as change_class,
  to_char(scale_low * factor, pattern) || ' to ' || to_char(scale_high * factor, pattern) || suffix as scale_text,
  case when value is not null then round(least(100, greatest(0, 100 * (value - scale_low) / (scale_high - scale_low)))::numeric, 1) end as value_at,
  case when ci_low is not null or ci_high is not null then round(least(100, greatest(0, 100 * (coalesce(ci_low, scale_low) - scale_low) / (scale_high - scale_low)))::numeric, 1) end as low_at,
  case when ci_low is not null or ci_high is not null then round(least(100, greatest(1, 100 * (coalesce(ci_high, scale_high) - coalesce(ci_low, scale_low)) / (scale_high - scale_low)))::numeric, 1) end as interval_width,
  case when target is not null then round(least(100, greatest(0, 100 * (target - scale_low) / (scale_high - scale_low)))::numeric, 1) end as target_at,
  case when value is not null and scale_low < 0 then round((100 * (0 - scale_low) / (scale_high - scale_low))::numeric, 1) end as zero_at
from shown
