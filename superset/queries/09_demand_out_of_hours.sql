-- Demand when nobody is there
-- Hours of the customer's week with the most contacts outside the hours of service.
select d.local_hour_of_week, sum(d.arrivals) as arrivals, sum(d.covered) as covered, sum(d.arrivals) - sum(d.covered) as not_covered
from marts_cx.support_demand as d
cross join marts_cx.release_status as s
where d.quarter >= date_trunc('quarter', s.data_as_of) - interval '12 months'
group by d.local_hour_of_week
order by not_covered desc
limit 24
