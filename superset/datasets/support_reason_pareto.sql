-- Why customers wrote in the last three complete months, most frequent first, with the running share.
with window_of_months as (
  select date_trunc('month', coalesce(max(data_as_of), now()))::date as until_month
  from marts_cx.release_status
),
counted as (
  select r.reason, sum(r.tickets) as tickets, sum(r.reopened) as reopened
  from marts_cx.support_reason as r
  cross join window_of_months as w
  where r.month < w.until_month and r.month >= w.until_month - interval '3 months'
  group by r.reason
),
ranked as (
  select
    *,
    sum(tickets) over () as all_tickets,
    sum(tickets) over (order by tickets desc, reason) as running,
    max(tickets) over () as most,
    row_number() over (order by tickets desc, reason) as place
  from counted
  where tickets > 0
)
select
  place, replace(reason, '_', ' ') as reason, tickets, reopened,
  round(100.0 * tickets / most, 1) as bar_at,
  to_char(tickets, 'FM999,999,990') as tickets_text,
  to_char(100.0 * tickets / all_tickets, 'FM990') || ' %' as share_text,
  to_char(100.0 * running / all_tickets, 'FM990') || ' %' as running_text
from ranked
