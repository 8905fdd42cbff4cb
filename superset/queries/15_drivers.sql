-- What drives satisfaction
-- Importance of each driver with its interval, the newest model that was not refused.
select d.model, d.period_start, d.driver, d.n, d.r, d.share, d.share_low, d.share_high, d.quadrant, d.verdict
from marts_cx.voice_driver as d
inner join (
  select m.model, max(m.period_start) as period_start from marts_cx.voice_driver_model as m where m.refused_reason is null group by m.model
) as newest on d.model = newest.model and d.period_start = newest.period_start
order by d.model, d.share desc nulls last
