-- Releases, newest first; a blocked one says why.
select
  release_id, state,
  to_char(published_at, 'DD Mon, HH24:MI') as published_text,
  to_char(data_as_of, 'DD Mon, HH24:MI') as data_as_of_text,
  rows_changed,
  coalesce(reason, '') as reason,
  published_at
from ops.release
