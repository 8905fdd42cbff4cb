-- What people write about, and what comes back
-- Reasons of the last complete quarter by number of tickets, with the share that was reopened.
select r.reason, sum(r.tickets) as tickets, sum(r.reopened) as reopened
from marts_cx.support_reason as r
cross join marts_cx.release_status as s
where r.month >= date_trunc('quarter', s.data_as_of) - interval '3 months' and r.month < date_trunc('quarter', s.data_as_of)
group by r.reason
having sum(r.tickets) >= 5
order by tickets desc
