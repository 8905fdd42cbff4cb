-- The tenth that gave the worst answers beside all who answered: scales of five points and more. Of answers that tie at the edge of the
-- tenth each counts in part, so that chance does not pick among them.
with {{ worst_decile() }}

select
    metric,
    period_start,
    survey,
    cast(max(answers) as bigint) as answers,
    cast(ceiling(max(answers) / 10.0) as bigint) as worst_answers,
    cast(avg(score) as {{ dbt.type_float() }}) as mean_score,
    cast(percentile_cont(0.5) within group (order by score) as {{ dbt.type_float() }}) as median_score,
    cast(sum(score * part) / sum(part) as {{ dbt.type_float() }}) as worst_mean_score,
    cast(max(case when part > 0 then score end) as {{ dbt.type_float() }}) as worst_highest_score,
    cast(count(case when score = scale_min then 1 end) as {{ dbt.type_float() }}) / count(*) as lowest_share
from parts
where answers >= 10
group by metric, period_start, survey
