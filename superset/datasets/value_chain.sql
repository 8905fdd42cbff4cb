-- What parties at each step of the value chain say of their experience within twelve months, from 0 (worst) to 100 (best).
with steps (place, value_chain_step, title) as (
  values (1, 'production', 'Production'), (2, 'delivery', 'Delivery'), (3, 'consumption', 'Consumption'), (4, 'support', 'Support'), (5, 'maintenance', 'Maintenance')
),
placed as (
  select
    v.*, s.title,
    row_number() over (order by s.place, v.role) as position,
    row_number() over (partition by s.place order by v.role) = 1 as is_group_start
  from marts_cx.value_chain_experience as v
  inner join steps as s on v.value_chain_step = s.value_chain_step
)
select
  position,
  case when is_group_start then title end as group_title,
  replace(role, '_', ' ') as name,
  case when scores is not null then to_char(scores, 'FM999,999,990') || ' scores' end as note,
  cast(null as text) as flag_text,
  cast(null as text) as flag,
  case when missing = 'fewer than 5' then 'hidden' when mean_score is null then 'empty' when persons < 30 then 'imprecise' else 'shown' end as state,
  case when missing = 'fewer than 5' then 'hidden' else coalesce(to_char(100 * mean_score, 'FM990'), '–') end as value_text,
  to_char(100 * mean_low, 'FM990') || ' to ' || to_char(100 * mean_high, 'FM990') as interval_text,
  to_char(persons, 'FM999,999,990') as n_text,
  cast(null as text) as coverage_text,
  cast(null as text) as target_text,
  cast(null as text) as change_text,
  cast(null as text) as change_class,
  round((100 * mean_score)::numeric, 1) as value_at,
  round((100 * mean_low)::numeric, 1) as low_at,
  round((100 * (mean_high - mean_low))::numeric, 1) as interval_width,
  cast(null as numeric) as target_at,
  cast(null as numeric) as zero_at,
  'The last twelve months' as period_label,
  case when missing <> 'fewer than 5' then upper(left(missing, 1)) || substr(missing, 2) || ' yet.' end as missing_text,
  case when missing = 'fewer than 5' then 'n < 5' end as suppressed_reason,
  persons < 30 as low_precision
from placed
