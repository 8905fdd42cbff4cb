-- How contacts are shared out, and how they should be: by team, by channel and by touchpoint.
with sized as (
  select
    m.*, max(greatest(m.as_is, coalesce(m.should_be, 0))) over (partition by m.w) as widest,
    sum(abs(m.as_is - m.should_be)) over (partition by m.w) / 2 as total_gap,
    row_number() over (partition by m.w order by greatest(m.as_is, coalesce(m.should_be, 0)) desc, m.name) as place
  from marts_cx.fivew_mix as m
)
select
  s.w,
  s.place as position,
  coalesce(t.title, h.title, replace(s.name, '_', ' ')) as name,
  'n = ' || to_char(s.contacts, 'FM999,999,990') as note,
  round((100 * s.as_is / nullif(s.widest, 0))::numeric, 1) as a_at,
  round((100 * s.should_be / nullif(s.widest, 0))::numeric, 1) as b_at,
  round((100 * least(s.as_is, s.should_be) / nullif(s.widest, 0))::numeric, 1) as gap_from,
  round((100 * abs(s.as_is - s.should_be) / nullif(s.widest, 0))::numeric, 1) as gap_width,
  to_char(100 * s.as_is, 'FM990') || ' %' as a_text,
  to_char(100 * s.should_be, 'FM990') || ' %' as b_text,
  case when s.should_be is not null then to_char(100 * (s.as_is - s.should_be), 'FMSG990') || ' points' end as gap_text,
  cast(null as text) as missing_text,
  'Contacts of the last 90 days, the twelve largest. Bars run from 0 to ' || to_char(100 * s.widest, 'FM990') || ' %. '
    || coalesce(to_char(100 * s.total_gap, 'FM990') || ' % of all contacts would have to move.', 'Nobody has said how it should be yet.') as pairs_note
from sized as s
left join marts_cx.dim_touchpoint as t on s.w = 'where' and s.name = t.touchpoint_key and t.is_current
left join marts_cx.dim_channel as h on s.w = 'what' and s.name = h.channel
