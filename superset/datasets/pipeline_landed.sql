-- Rows landed each day by source, over the last 60 days of loads.
select date_trunc('day', started_at)::date as day, source, sum(rows_landed) as rows_landed, sum(rows_quarantined) as rows_quarantined
from ops.stream_load
where started_at > (select max(started_at) from ops.stream_load) - interval '60 days'
group by 1, 2
