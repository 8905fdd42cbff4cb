-- What is being improved: who does it by when, and whether it worked by the test that was set before.
select
  a.title_redacted as title,
  a.owner,
  d.title as metric_title,
  to_char(a.due_on, 'DD Mon YYYY') as due_text,
  case r.status when 'late' then 'late' when 'open' then 'open' else 'done ' || to_char(a.done_on, 'DD Mon YYYY') end as status_text,
  case
    when r.effect is null then 'not known'
    when d.unit = 'share' then to_char(100 * r.effect, 'FMSG990.0') || ' points (' || to_char(100 * r.effect_low, 'FMSG990.0') || ' to '
      || to_char(100 * r.effect_high, 'FMSG990.0') || ')'
    else to_char(r.effect, 'FMSG990.00') || ' (' || to_char(r.effect_low, 'FMSG990.00') || ' to ' || to_char(r.effect_high, 'FMSG990.00') || ')'
  end as effect_text,
  case
    when r.status <> 'done' then 'not done yet'
    when r.verdict = 'no comparison' then 'cannot tell: nothing to compare with'
    when r.verdict = 'cannot tell' then 'cannot tell: too few cases'
    else r.verdict
  end as verdict_text,
  case r.status when 'late' then 1 when 'open' then 2 else 3 end as urgency,
  a.due_on
from marts_cx.gov_action as a
inner join marts_cx.action_result as r on a.action_key = r.action_key
left join marts_cx.metric_definition as d on a.metric = d.metric
