-- Negative mentions of us that nobody has answered yet, the longest waiting first; texts are redacted, authors are not shown.
with clock as (
  select coalesce(max(data_as_of), now()) as data_as_of from marts_cx.release_status
)
select
  m.platform,
  to_char(m.happened_at, 'DD Mon YYYY, HH24:MI') as posted_text,
  to_char(extract(epoch from clock.data_as_of - m.happened_at) / 3600, 'FM999,990') || ' h' as waiting_text,
  coalesce(to_char(m.reach, 'FM999,999,990'), 'not known') as reach_text,
  m.language,
  left(m.text_redacted, 160) as said,
  m.happened_at
from marts_cx.fct_mention as m
cross join clock
where m.is_valid and m.brand_role = 'own' and not m.is_own and m.sentiment = 'negative' and m.replied_at is null
  and m.happened_at >= clock.data_as_of - interval '90 days'
