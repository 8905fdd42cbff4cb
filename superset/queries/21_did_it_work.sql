-- Did what we did work?
-- Actions with the difference against their comparison and the verdict of the test that was set beforehand.
select a.title_redacted, a.owner, a.opened_on, a.due_on, a.done_on, r.status, r.effect, r.effect_low, r.effect_high, r.verdict
from marts_cx.gov_action as a
inner join marts_cx.action_result as r on a.action_key = r.action_key
order by a.due_on desc nulls last
