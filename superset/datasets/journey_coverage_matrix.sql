-- Contacts of the last twelve months by stage, channel and role, and the answers about them: where we listen and where we do not.
with cells as (
  select c.role, c.channel, c.stage, sum(c.interactions) as met, sum(c.feedback) as heard
  from marts_cx.journey_coverage as c
  group by c.role, c.channel, c.stage
),
counted as (
  select count(*) filter (where met > 0) as met_cells, count(*) filter (where heard > 0) as heard_cells from cells
),
lines as (
  select
    role, channel, sum(sum(met)) over (partition by role) as role_met,
    row_number() over (order by sum(met) desc, role, channel) as busiest,
    sum(met) as line_met
  from cells
  group by role, channel
  having sum(met) > 0
),
placed as (
  select
    *,
    row_number() over (order by role_met desc, role, line_met desc, channel) as row_place,
    row_number() over (partition by role order by line_met desc, channel) = 1 as is_group_start
  from lines
  where busiest <= 24
)
select
  row_number() over (order by p.row_place, s.position) as position,
  (select count(*) from marts_cx.dim_stage) as column_count,
  p.row_place = 1 as is_first_row,
  s.position = min(s.position) over () as is_row_start,
  case when p.is_group_start then 'Met as ' || replace(p.role, '_', ' ') end as group_title,
  coalesce(h.title, replace(p.channel, '_', ' ')) as row_title,
  cast(null as text) as row_note,
  s.title as column_title,
  case when c.met > 0 then to_char(c.met, 'FM999,999,990') end as cell_text,
  case when c.heard > 0 then to_char(c.heard, 'FM999,999,990') || ' heard' when c.met > 0 then 'none heard' end as cell_note,
  case when c.heard > 0 then 'measured' when c.met > 0 then 'unmeasured' else 'blank' end as cell_state,
  s.title || ', ' || coalesce(h.title, p.channel) || ', ' || replace(p.role, '_', ' ') || ': '
    || to_char(coalesce(c.met, 0), 'FM999,999,990') || ' contacts, ' || to_char(coalesce(c.heard, 0), 'FM999,999,990') || ' answers' as cell_hint,
  'Contacts of the last twelve months and the answers about them. ' || n.heard_cells || ' of ' || n.met_cells
    || ' combinations with contacts are heard. The 24 busiest lines.' as matrix_note
from placed as p
cross join marts_cx.dim_stage as s
cross join counted as n
left join cells as c on p.role = c.role and p.channel = c.channel and s.stage = c.stage
left join marts_cx.dim_channel as h on p.channel = h.channel
