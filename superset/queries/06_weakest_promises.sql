-- The weakest promises
-- Touchpoints of the last complete quarter, the least kept first, and whether that is more than chance.
select p.touchpoint, p.title, p.stage, p.owner_area, p.value, p.ci_low, p.ci_high, p.n, p.broken, p.is_clearly_weakest
from marts_cx.promise_touchpoint as p
cross join marts_cx.release_status as s
where p.grain = 'quarter' and p.period_start = date_trunc('quarter', s.data_as_of) - interval '3 months'
order by p.value nulls last
