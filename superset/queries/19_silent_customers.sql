-- Strategic customers nobody has heard lately
-- No answer, question or meeting within the days of config/loyalty.yml (90), by segment and country.
select a.segment, a.country, count(*) as customers, count(*) filter (where not a.is_heard) as not_heard
from marts_cx.fct_account_standing as a
where a.is_customer and a.strategic = 'yes' and a.month = (select max(b.month) from marts_cx.fct_account_standing as b)
group by a.segment, a.country
having count(*) >= 5
order by not_heard desc
