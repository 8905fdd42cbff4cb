-- Who hands on to whom, and how long it waits
-- Handoffs between teams in the last twelve months.
select h.from_queue, h.to_queue, sum(h.handoffs) as handoffs, max(h.p90_wait_business_minutes) as worst_month_nine_of_ten_within
from marts_cx.support_handoff as h
cross join marts_cx.release_status as s
where h.month >= date_trunc('month', s.data_as_of) - interval '12 months'
group by h.from_queue, h.to_queue
having sum(h.handoffs) >= 5
order by handoffs desc
