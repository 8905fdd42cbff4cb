-- Where the journey breaks off
-- Persons that entered a stage long enough ago to be judged, and how many went on, by stage.
select j.stage, j.position, count(*) as entered, count(*) filter (where j.is_converted) as went_on
from marts_cx.fct_journey_stage as j
where j.is_matured and j.entry_number = 1
group by j.stage, j.position
having count(*) >= 5
order by j.position
