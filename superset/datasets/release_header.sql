-- The one row above every dashboard: which release it shows, and whether a newer one was held back.
select
  release_id,
  release_id is not null as has_release,
  to_char(published_at, 'DD Mon YYYY, HH24:MI') || ' UTC' as published_text,
  to_char(data_as_of, 'DD Mon YYYY, HH24:MI') || ' UTC' as data_as_of_text,
  state,
  coalesce(reason, 'no reason was recorded') as reason,
  coalesce(state = 'blocked', false) as is_blocked,
  coalesce(is_sandbox, false) as is_sandbox
from marts_cx.release_status
