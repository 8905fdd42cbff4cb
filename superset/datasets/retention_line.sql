-- The curve of staying of all customers, in per cent, with the bounds of its interval.
select
  month_number,
  at_risk,
  lost,
  round((100 * retained)::numeric, 1) as retained,
  round((100 * low)::numeric, 1) as low,
  round((100 * high)::numeric, 1) as high
from marts_cx.retention_curve
where dimension = 'all'
