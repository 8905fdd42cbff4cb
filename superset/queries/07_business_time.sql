-- First answers in business time and on the customer's clock
-- A template for business time: both clocks beside each other, by team. Business minutes are those of the schedule the ticket began with.
select
  t.queue,
  count(*) as tickets,
  count(t.first_reply_at) as answered,
  percentile_cont(0.5) within group (order by t.first_reply_business_minutes) as half_within_business_minutes,
  percentile_cont(0.5) within group (order by t.first_reply_calendar_minutes) as half_within_calendar_minutes,
  percentile_cont(0.9) within group (order by t.first_reply_business_minutes) as nine_of_ten_within_business_minutes
from marts_cx.fct_ticket as t
cross join marts_cx.release_status as s
where t.is_valid and t.created_day >= cast(s.data_as_of as date) - 90
group by t.queue
having count(*) >= 5
order by half_within_business_minutes desc nulls last
