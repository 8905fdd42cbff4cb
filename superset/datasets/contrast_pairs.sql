-- Strategic customers against the rest, metric by metric: the last complete quarter, with the interval of the difference and what may be said.
with listed (place, metric) as (
  values
  (1, 'promise_kept'), (2, 'nps_relationship'), (3, 'csat'), (4, 'ces'), (5, 'first_response_business_median'), (6, 'sla_attainment'), (7, 'fcr'),
  (8, 'reopen_rate'), (9, 'order_otif'), (10, 'net_revenue_retention'), (11, 'hostage_share')
),
quarter as (
  select date_trunc('quarter', coalesce(max(data_as_of), now()))::date as until_quarter from marts_cx.release_status
),
newest as (
  select c.*, max(c.period_start) over (partition by c.metric) as newest_start
  from marts_cx.metric_contrast as c
  cross join quarter as q
  where c.grain = 'quarter' and c.dimension = 'strategic' and c.period_start < q.until_quarter
),
shown as (
  select
    l.place, d.title, d.unit, d.direction, c.*,
    case d.unit when 'minutes' then 1 / 60.0 when 'share' then 100.0 when 'ratio' then 100.0 else 1.0 end as factor,
    case d.unit when 'minutes' then ' h' when 'share' then ' %' when 'ratio' then ' %' when 'days' then ' days' when 'money' then coalesce(' ' || d.currency, '') else '' end
      as suffix,
    case when d.unit in ('count', 'money') then 'FM999,999,999,990' when d.unit = 'points' then 'FMSG990' else 'FM999,990.0' end as pattern,
    case when d.unit = 'points' then -100.0 else 0.0 end as scale_low,
    case
      when d.unit = 'points' then 100.0
      when d.unit = 'share' or (d.unit = 'ratio' and greatest(c.left_value, c.right_value) <= 1) then 1.0
      else nullif(1.15 * greatest(c.left_value, c.right_value), 0)
    end as scale_high
  from listed as l
  inner join newest as c on l.metric = c.metric and c.period_start = c.newest_start
  inner join marts_cx.metric_definition as d on c.metric = d.metric and c.version = d.version
),
placed as (
  select
    *,
    round(least(100, greatest(0, 100 * (left_value - scale_low) / (scale_high - scale_low)))::numeric, 1) as a_at,
    round(least(100, greatest(0, 100 * (right_value - scale_low) / (scale_high - scale_low)))::numeric, 1) as b_at
  from shown
)
select
  row_number() over (order by place) as position,
  title as name,
  case label
    when 'higher' then case direction when 'higher' then 'strategic customers fare better' when 'lower' then 'strategic customers fare worse' else 'strategic customers: more' end
    when 'lower' then case direction when 'lower' then 'strategic customers fare better' when 'higher' then 'strategic customers fare worse' else 'strategic customers: less' end
    else label
  end || ' · ' || to_char(left_n, 'FM999,999,990') || ' against ' || to_char(right_n, 'FM999,999,990') || ' cases'
    || coalesce(' · difference ' || to_char(difference * factor, 'FMSG999,990.0') || ' (95 % interval ' || to_char(ci_low * factor, 'FMSG999,990.0') || ' to '
      || to_char(ci_high * factor, 'FMSG999,990.0') || ')', '') as note,
  a_at,
  b_at,
  least(a_at, b_at) as gap_from,
  abs(a_at - b_at) as gap_width,
  to_char(left_value * factor, pattern) || suffix as a_text,
  to_char(right_value * factor, pattern) || suffix as b_text,
  case when label in ('higher', 'lower') then to_char(difference * factor, 'FMSG999,990.0') || case when unit in ('share', 'ratio', 'points') then ' points' else suffix end
    else 'not clear' end as gap_text,
  case when left_value is null or right_value is null then 'one side has no value' end as missing_text,
  to_char(max(period_start) over (), '"Q"Q YYYY') || '. Strategic: declared, the most valuable fifth, or a reference (config/strategic.yml). Each line has its own scale.' as pairs_note
from placed
