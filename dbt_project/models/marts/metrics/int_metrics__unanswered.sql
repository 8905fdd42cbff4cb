-- A metric without any case is neither zero nor left out: it says which system is missing (another domain's may answer), or that nothing
-- of its kind has happened yet.
select
    definitions.metric,
    definitions.version,
    periods.grain,
    periods.period_start,
    case when coverage.is_connected then 'no cases yet' else 'source not connected: ' || coverage.domain end as reason
from {{ ref('int_metrics__definitions') }} as definitions
inner join {{ ref('source_coverage') }} as coverage
    on definitions.entity = coverage.entity
inner join ({{ day_periods() }}) as periods
    on periods.day = {{ business_day(to_utc('current_timestamp')) }}
left join (select distinct metric from {{ ref('int_metrics__judged') }}) as answered on definitions.metric = answered.metric
where answered.metric is null
