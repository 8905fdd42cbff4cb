-- Recurring revenue by loyalty and what binds
-- Customers of the newest month, by how they stand to the company and whether something binds them.
select a.loyalty, a.is_dissatisfied, a.lock_in > 0 as is_bound, count(*) as accounts, sum(a.end_recurring) as recurring_revenue
from marts_cx.fct_account_standing as a
where a.is_customer and a.month = (select max(b.month) from marts_cx.fct_account_standing as b)
group by a.loyalty, a.is_dissatisfied, a.lock_in > 0
having count(*) >= 5
order by recurring_revenue desc nulls last
