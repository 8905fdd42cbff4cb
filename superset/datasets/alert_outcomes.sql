-- Whether those we came back to scored better next time than those we did not.
select
  case trigger_rule when 'all' then 'All alerts' when 'nps' then 'Low recommendation' when 'csat' then 'Not satisfied' when 'ces' then 'Hard to get done'
    else replace(trigger_rule, '_', ' ') end as rule_text,
  -- exact for all alerts only: next to it, exact counts of some rules would give away the small ones
  case when contacted < 5 then 'fewer than 5' when trigger_rule = 'all' then to_char(contacted, 'FM999,999,990') else '5 or more' end as contacted_text,
  case when not_contacted < 5 then 'fewer than 5' when trigger_rule = 'all' then to_char(not_contacted, 'FM999,999,990') else '5 or more' end as others_text,
  coalesce(to_char(100 * lift, 'FMSG990.0') || ' points (' || to_char(100 * lift_low, 'FMSG990.0') || ' to ' || to_char(100 * lift_high, 'FMSG990.0') || ')', 'too few')
    as lift_text,
  case verdict when 'better' then 'better' when 'worse' then 'worse' else 'cannot tell' end as verdict_text,
  case trigger_rule when 'all' then 1 else 2 end as place
from marts_cx.alert_outcome
