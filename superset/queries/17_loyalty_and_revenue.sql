-- Loyalty by segment, with the revenue behind it
-- The four cells of liking and buying again and the fifth of those nobody heard, newest month.
select q.segment, q.loyalty, q.accounts, q.customers, q.share, q.share_low, q.share_high, q.hostages, q.annual_recurring
from marts_cx.loyalty_quadrant as q
where q.month = (select max(l.month) from marts_cx.loyalty_quadrant as l)
order by q.segment, q.loyalty
