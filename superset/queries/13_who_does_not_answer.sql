-- Who answers, and who does not
-- Groups that are more or less present among answers than among those asked, beyond chance.
select b.survey, b.field, b.level, b.asked, b.answered, b.asked_share, b.answered_share, b.difference_standardised
from marts_cx.voice_response_bias as b
where b.is_flagged and b.is_beyond_chance
order by b.period_start desc, abs(b.difference_standardised) desc
