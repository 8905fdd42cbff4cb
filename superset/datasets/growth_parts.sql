-- Growth by the customers a company has and those they bring, with the band that unknown reasons leave; the last eight quarters.
with quarter as (
  select date_trunc('quarter', coalesce(max(data_as_of), now()))::date as until_quarter from marts_cx.release_status
)
select
  to_char(g.period_start, '"Q"Q YYYY') as period_label,
  to_char(100 * g.net_retention, 'FM990.0') || ' %' as net_text,
  to_char(100 * g.earned_new, 'FM990.0') || ' %' as earned_text,
  to_char(100 * g.bought_new, 'FM990.0') || ' %' as bought_text,
  to_char(100 * g.unknown_new, 'FM990.0') || ' %' as unknown_text,
  to_char(100 * g.growth, 'FMSG990.0') || ' % (' || to_char(100 * g.low, 'FMSG990.0') || ' to ' || to_char(100 * g.high, 'FMSG990.0') || ')' as growth_text,
  to_char(100 * g.band_low, 'FMSG990.0') || ' to ' || to_char(100 * g.band_high, 'FMSG990.0') || ' %' as band_text,
  g.customers,
  g.period_start
from marts_cx.value_growth as g
cross join quarter as q
where g.period_start < q.until_quarter
