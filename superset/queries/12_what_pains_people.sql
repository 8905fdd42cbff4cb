-- What pains people, and what gains them
-- Topics of words that people wrote, last complete quarter; only groups of at least five persons are listed.
select p.kind, p.topic, p.texts, p.persons, p.of_persons, p.share, p.share_low, p.share_high, p.median_effort
from marts_cx.voice_pain_gain as p
cross join marts_cx.release_status as s
where p.period_start = date_trunc('quarter', s.data_as_of) - interval '3 months'
order by p.kind desc, p.share desc nulls last
