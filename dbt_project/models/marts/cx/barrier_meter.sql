{% set meters = [
    (1, 'magic numbers', 'response_rate'),
    (1, 'magic numbers', 'r_indicator'),
    (1, 'magic numbers', 'gap_unpaired'),
    (2, 'we do not really listen', 'alert_follow_up'),
    (2, 'we do not really listen', 'alert_on_time'),
    (2, 'we do not really listen', 'silent_share'),
    (2, 'we do not really listen', 'verbatim_read'),
    (2, 'we do not really listen', 'coded_share'),
    (2, 'we do not really listen', 'verbatim_replied'),
    (2, 'we do not really listen', 'verbatim_acted'),
    (2, 'we do not really listen', 'ask_to_act'),
    (2, 'we do not really listen', 'response_rate'),
    (2, 'we do not really listen', 'known_need_coverage'),
    (2, 'we do not really listen', 'time_to_address_negative'),
    (3, 'word of mouth is hard', 'nps_relationship'),
    (3, 'word of mouth is hard', 'amplification_rate'),
    (3, 'word of mouth is hard', 'share_of_voice'),
    (3, 'word of mouth is hard', 'would_miss'),
    (4, 'functional data, little insight', 'kpi_managed'),
    (4, 'functional data, little insight', 'kpi_alignment'),
    (4, 'functional data, little insight', 'actions_cross_functional'),
    (4, 'functional data, little insight', 'decision_days_median'),
    (4, 'functional data, little insight', 'had_to_repeat'),
    (5, 'obvious and superficial', 'driver_importance'),
    (5, 'obvious and superficial', 'human_block_added'),
    (5, 'obvious and superficial', 'promise_clarity'),
] %}
with meters as (
    {% for barrier, title, metric in meters %}
    select {{ barrier }} as barrier, '{{ title }}' as title, '{{ metric }}' as metric
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

newest as (
    select *
    from (
        select
            cells.metric, cells.value, cells.ci_low, cells.ci_high, cells.n, cells.suppressed_reason,
            row_number() over (partition by cells.metric order by case when cells.value is null then 1 else 0 end asc, cells.period_start desc) as pick
        from {{ ref('metric_value') }} as cells
        where cells.grain = 'quarter' and cells.country = 'all' and cells.segment = 'all' and cells.industry = 'all' and cells.strategic = 'all' and cells.channel = 'all' and cells.queue = 'all' and cells.survey = 'all' and cells.touchpoint = 'all' and cells.stage = 'all' and cells.role = 'all' and cells.reason = 'all' and cells.item = 'all'
    ) as numbered
    where pick = 1
),

counted as (
    select
        1 as barrier, 'magic numbers' as title, 'values_with_interval' as metric,
        cast(count(case when value is not null and ci_low is not null and ci_high is not null then 1 end) as bigint) as num,
        cast(count(value) as bigint) as den
    from {{ ref('metric_value') }}
    where grain = 'quarter'
    union all
    select 2, 'we do not really listen', 'listening_coverage', cast(count(case when state = 'measured' then 1 end) as bigint), cast(count(case when state <> 'empty' then 1 end) as bigint)
    from {{ ref('journey_coverage') }}
    union all
    select 4, 'functional data, little insight', 'stages_owned_across_functions', cast(count(case when is_owned then 1 end) as bigint), cast(count(*) as bigint)
    from {{ ref('dim_stage') }}
    union all
    select 4, 'functional data, little insight', 'metrics_with_decision', cast(count(decided.metric) as bigint), cast(count(*) as bigint)
    from {{ ref('int_metrics__definitions') }} as definitions
    left join (
        select distinct decisions.metric
        from {{ ref('gov_decision') }} as decisions
        cross join (select max(happened_day) as today from {{ ref('fct_interaction') }}) as clock
        where decisions.decided_on > {{ dbt.dateadd('day', -90, 'clock.today') }} and decisions.decided_on <= clock.today
    ) as decided on definitions.metric = decided.metric
    union all
    select 5, 'obvious and superficial', 'drivers_that_surprise', cast(count(case when is_surprise then 1 end) as bigint), cast(count(*) as bigint)
    from {{ ref('voice_driver') }}
    where period_start = (select max(period_start) from {{ ref('voice_driver') }})
)

{% set share = wilson('num', 'den') %}
select
    cast(meters.barrier as bigint) as barrier,
    cast(meters.title as {{ dbt.type_string() }}) as title,
    cast(meters.metric as {{ dbt.type_string() }}) as metric,
    newest.value,
    newest.ci_low,
    newest.ci_high,
    newest.n,
    cast(case when newest.value is null then coalesce(newest.suppressed_reason, 'no value yet') end as {{ dbt.type_string() }}) as missing
from meters
left join newest on meters.metric = newest.metric
union all
select
    cast(barrier as bigint), cast(title as {{ dbt.type_string() }}), cast(metric as {{ dbt.type_string() }}),
    cast({{ share.value }} as {{ dbt.type_float() }}), cast({{ share.low }} as {{ dbt.type_float() }}), cast({{ share.high }} as {{ dbt.type_float() }}),
    den, cast(case when den = 0 then 'no value yet' end as {{ dbt.type_string() }})
from counted
