-- How much of who, what, where, when and why has been answered, as it is and as it should be.
select
  count(*) filter (where is_complete) || ' of ' || count(*) as complete_text,
  'answered within 90 days; with a target where it says what should be' as complete_note,
  cast(count(*) filter (where status = 'stale') as text) as stale_text,
  'answered more than 90 days ago' as stale_note,
  count(*) filter (where status = 'stale') > 0 as any_stale,
  cast(count(*) filter (where status = 'not answered') as text) as open_text,
  coalesce(string_agg(w || case state when 'as_is' then ' as it is' else ' as it should be' end, ', ' order by w) filter (where status = 'not answered'), 'none')
    as open_note,
  count(*) filter (where status = 'not answered') > 0 as any_open
from marts_cx.fivew_cell
