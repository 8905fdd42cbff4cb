-- Open tickets at the end of each of the last 120 days, by age.
select day, queue, priority, case when age_band like '15%' then 'over 14' else replace(age_band, '-', '–') end || ' days' as age, open_tickets
from marts_cx.support_backlog_daily
where day > (select max(day) from marts_cx.support_backlog_daily) - 120
