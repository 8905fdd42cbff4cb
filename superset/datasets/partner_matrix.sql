-- Delivered on time and in full, by kind of partner and quarter.
with quarters as (
  select period_start as quarter, row_number() over (order by period_start desc) as age
  from (
    select distinct v.period_start
    from marts_cx.metric_value as v
    where v.metric = 'partner_otif' and v.grain = 'quarter' and v.item <> 'all'
      and v.period_start < (select date_trunc('quarter', coalesce(max(data_as_of), now())) from marts_cx.release_status)
  ) as known
),
kinds as (
  select partner_type, max(role) as role, count(distinct partner_key) as partners from marts_cx.partner_scorecard group by partner_type
),
lines as (
  select
    k.role, k.partner_type, k.partners,
    row_number() over (order by k.role desc, k.partner_type) as row_place,
    row_number() over (partition by k.role order by k.partner_type) = 1 as is_group_start
  from kinds as k
)
select
  row_number() over (order by l.row_place, q.quarter) as position,
  (select least(count(*), 8) from quarters) as column_count,
  l.row_place = 1 as is_first_row,
  q.age = max(q.age) over () as is_row_start,
  case when l.is_group_start then case l.role when 'supplier' then 'Suppliers: what we order' else 'Partners: what they order' end end as group_title,
  replace(l.partner_type, '_', ' ') as row_title,
  l.partners || case l.partners when 1 then ' company' else ' companies' end as row_note,
  to_char(q.quarter, '"Q"Q YYYY') as column_title,
  case when v.suppressed_reason is not null then 'hidden' when v.value is not null then to_char(100 * v.value, 'FM990') || ' %' end as cell_text,
  case when v.value is not null then to_char(100 * v.ci_low, 'FM990') || ' to ' || to_char(100 * v.ci_high, 'FM990') || ' %' end as cell_note,
  case
    when v.suppressed_reason is not null then 'hidden'
    when v.value is null then 'blank'
    when v.low_precision then 'low'
    when v.value < 0.5 then 's4'
    when v.value < 0.65 then 's3'
    when v.value < 0.8 then 's2'
    when v.value < 0.95 then 's1'
    else 's0'
  end as cell_state,
  replace(l.partner_type, '_', ' ') || ', ' || to_char(q.quarter, '"Q"Q YYYY') || ': '
    || coalesce(case when v.suppressed_reason is not null then 'hidden: fewer than 5' end, to_char(v.n, 'FM999,990') || ' lines due', 'no line due') as cell_hint,
  'Delivered by the promised moment, complete and free of known defects, of the lines that were due; below it the 95 % interval.' as matrix_note
from lines as l
cross join quarters as q
left join marts_cx.metric_value as v
  on v.metric = 'partner_otif' and v.grain = 'quarter' and l.partner_type = v.item and q.quarter = v.period_start and v.role = 'all'
where q.age <= 8
