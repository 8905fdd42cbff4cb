-- The walk of one person, another every day, step by step and without a key; every line also says how many walked alike.
select
  w.position,
  case when w.step_number is distinct from lag(w.step_number) over (order by w.position) then w.since_first end as when_text,
  w.title,
  coalesce(g.title, w.stage) || case w.mode when 'p2p' then ' · with a person' when 'p2t' then ' · with technology' else '' end as note,
  case w.score_band when 'low' then 'scored low' when 'middling' then 'scored in the middle' when 'high' then 'scored high' end as score_text,
  case w.score_band when 'low' then 'alert' when 'high' then 'good' end as score_flag,
  case when w.is_promise_kept then 'promise kept' when not w.is_promise_kept then 'promise broken' end as promise_text,
  case when w.is_promise_kept then 'good' when not w.is_promise_kept then 'alert' end as promise_flag,
  case when w.has_commented then 'wrote a comment' end as comment_text,
  w.look_alikes || ' persons of the segment ' || replace(w.segment, '_', ' ') || ' in ' || w.country || ' came to these touchpoints last, day by day;'
    || ' one of them is drawn, another tomorrow. Days are bands. Score, promise and comment are shown only where at least ten have them too.' as walk_note
from marts_cx.masked_walk as w
left join marts_cx.dim_stage as g on w.stage = g.stage
