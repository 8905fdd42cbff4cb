-- Who is still there after so many months: by segment, strategic or not, and by the quarter in which the books first show the customer.
with steps (column_place, month_number) as (
  values (1, 3), (2, 6), (3, 9), (4, 12), (5, 18), (6, 24)
),
members as (
  select
    dimension, member, max(at_risk) as followed, max(month_number) as last_month,
    case dimension when 'segment' then 1 when 'strategic' then 2 else 3 end as place,
    row_number() over (partition by dimension order by case when dimension = 'cohort' then member end desc, max(at_risk) desc, member) as rank_in
  from marts_cx.retention_curve
  where dimension <> 'all'
  group by dimension, member
),
lines as (
  select *, row_number() over (order by place, rank_in) as row_place from members where rank_in <= 5
)
select
  row_number() over (order by l.row_place, s.column_place) as position,
  cast(6 as bigint) as column_count,
  l.row_place = 1 as is_first_row,
  s.column_place = 1 as is_row_start,
  case when l.rank_in = 1 then case l.dimension when 'segment' then 'By segment' when 'strategic' then 'Strategic or not' else 'By first quarter in the books' end end
    as group_title,
  case when l.dimension = 'strategic' then case l.member when 'yes' then 'strategic' else 'all others' end else replace(l.member, '_', ' ') end as row_title,
  to_char(l.followed, 'FM999,999,990') || ' customers' as row_note,
  s.month_number || ' months' as column_title,
  to_char(100 * c.retained, 'FM990') || ' %' as cell_text,
  to_char(100 * c.low, 'FM990') || '–' || to_char(100 * c.high, 'FM990') || ' %' as cell_note,
  case
    when c.retained is null then 'blank'
    when c.at_risk < 30 then 'low'
    when c.retained < 0.6 then 's4'
    when c.retained < 0.75 then 's3'
    when c.retained < 0.85 then 's2'
    when c.retained < 0.95 then 's1'
    else 's0'
  end as cell_state,
  replace(l.member, '_', ' ') || ', after ' || s.month_number || ' months: '
    || coalesce(to_char(c.at_risk, 'FM999,999,990') || ' customers followed', 'not followed for so long, or too few') as cell_hint,
  'Share that stays longer than so many months, and its 95 % interval (Kaplan-Meier: those not followed for so long yet stay in). Empty: not followed for so long, or too few.' as matrix_note
from lines as l
cross join steps as s
left join lateral (  -- the curve has a row where something changes: what stood before still stands, as far as it was followed
  select k.retained, k.low, k.high, k.at_risk
  from marts_cx.retention_curve as k
  where k.dimension = l.dimension and k.member = l.member and k.month_number <= s.month_number and s.month_number <= l.last_month
  order by k.month_number desc
  limit 1
) as c on true
