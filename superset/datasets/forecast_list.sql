-- What leaders expected a number to be before they knew it, and what it was.
select
  d.title as metric_title,
  case f.grain when 'quarter' then to_char(f.period_start, '"Q"Q YYYY') else to_char(f.period_start, 'Mon YYYY') end as period_text,
  f.forecaster,
  case d.unit when 'share' then to_char(100 * f.forecast, 'FM990.0') || ' %' when 'points' then to_char(f.forecast, 'FMSG990') else to_char(f.forecast, 'FM999,990.0') end
    as forecast_text,
  case
    when f.actual is null then 'not known yet'
    when d.unit = 'share' then to_char(100 * f.actual, 'FM990.0') || ' %'
    when d.unit = 'points' then to_char(f.actual, 'FMSG990')
    else to_char(f.actual, 'FM999,990.0')
  end as actual_text,
  case
    when not f.is_in_time then 'given too late to count'
    when f.error is null then 'open'
    when f.is_inside_interval then 'as expected: inside the 95 % interval'
    when f.error > 0 then 'expected more than it was'
    else 'expected less than it was'
  end as verdict_text,
  f.period_start
from marts_cx.forecast_error as f
inner join marts_cx.metric_definition as d on f.metric = d.metric
