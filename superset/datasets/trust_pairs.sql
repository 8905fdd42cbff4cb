-- The seven facets of trust: what is measured against what people say, each as a share of the best possible.
select
  f.position,
  f.title as name,
  coalesce('measured: ' || o.title, 'nothing is measured yet') || coalesce(' · owner ' || f.owner, '') as note,
  round((100 * f.outcome)::numeric, 1) as a_at,
  round((100 * f.perception)::numeric, 1) as b_at,
  round((100 * least(f.outcome, f.perception))::numeric, 1) as gap_from,
  round((100 * abs(f.gap))::numeric, 1) as gap_width,
  to_char(100 * f.outcome, 'FM990') || ' %' as a_text,
  to_char(100 * f.perception, 'FM990') || ' %' as b_text,
  case when f.gap is not null then to_char(100 * f.gap, 'FMSG990') || ' points' end as gap_text,
  case f.missing when 'outcome' then 'no outcome measured' when 'perception' then 'nobody asked' when 'both' then 'neither measured nor asked' end as missing_text,
  coalesce('Trust index over all seven: ' || to_char(100 * f.trust_index, 'FM990') || ' %.',
    'No index: ' || count(f.missing) over () || ' of the seven facets miss a side, and a mean of the rest would flatter.') as pairs_note
from marts_cx.trust_facet as f
left join marts_cx.metric_definition as o on f.outcome_metric = o.metric
