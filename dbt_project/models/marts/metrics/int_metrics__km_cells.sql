-- Read off the Kaplan-Meier curves: the time by which a share of the cases is done (interval of Brookmeyer and Crowley 1982: the times at
-- which the bounds of the curve pass that share), and the share done within a time. Without a value where the curve does not get there.
{% set groups = metric_groups(metrics_by(['km', 'km_share']), ['cases', 'day', 'population', 'where', 'measure', 'event', 'start', 'schedule', 'unit']) %}
{% set curve, read = km_bounds('log_survival', 'greenwood'), km_bounds('log_survival', 'greenwood') %}
{% set none_done, all_done = wilson('0', 'known'), wilson('known', 'known') %}
with curves as (
    select
        points.*,
        {{ curve.survival }} as survival,
        {{ curve.low }} as survival_low,
        {{ curve.high }} as survival_high
    from {{ ref('int_metrics__km_points') }} as points
),

wanted as (
    {% for group in groups %}
    {% for metric in group %}
    select
        '{{ metric.metric }}' as metric,
        cast({{ metric.version }} as bigint) as version,
        '{{ group[0].metric }}' as curve,
        '{{ metric.estimator.name }}' as estimator,
        cast({{ 1 - metric.estimator.quantile if metric.estimator.name == 'km' else 'null' }} as {{ dbt.type_float() }}) as not_done,
        cast({{ metric.estimator.get('within', 'null') }} as {{ dbt.type_float() }}) as within_time
    union all
    {% endfor %}
    {% endfor %}
    select
        '' as metric,
        cast(0 as bigint) as version,
        '' as curve,
        '' as estimator,
        {{ typed_null('float') }} as not_done,
        {{ typed_null('float') }} as within_time
    where 1 = 0
),

read_off as (
    select
        wanted.metric,
        wanted.version,
        wanted.estimator,
        curves.cut,
        curves.grain,
        curves.period_start,
        {{ dimension_list('curves.') }},
        -- a curve that comes to exactly a half is read there, however its logarithms were rounded
        {% for name in ['survival', 'survival_low', 'survival_high'] %}
        min(case when curves.{{ name }} <= wanted.not_done + 0.000000001 then curves.duration end) as time_of_{{ name }},
        {% endfor %}
        coalesce(min(case when curves.duration <= wanted.within_time then curves.log_survival end), 0) as log_survival,
        coalesce(max(case when curves.duration <= wanted.within_time then curves.greenwood end), 0) as greenwood,
        max(curves.duration) >= max(wanted.within_time) as is_followed,
        sum(case when curves.duration > wanted.within_time then curves.cases when curves.duration <= wanted.within_time then curves.done else 0 end)
            as known,
        max(curves.n) as n,
        max(curves.eligible) as eligible
    from curves
    inner join wanted on curves.curve = wanted.curve
    inner join {{ ref('int_metrics__lattice') }} as lattice on wanted.metric = lattice.metric and curves.cut = lattice.cut
    group by wanted.metric, wanted.version, wanted.estimator, curves.cut, curves.grain, curves.period_start, {{ dimension_list('curves.') }}
),

shared as (
    select
        *,
        case
            when estimator = 'km' then null
            when {{ read.survival }} = 0 then 1
            when is_followed then 1 - {{ read.survival }}
        end as share,
        {{ read.survival }} as survival
    from read_off
)

select
    metric,
    version,
    estimator,
    cut,
    grain,
    period_start,
    {{ dimension_list() }},
    cast(case when estimator = 'km' then time_of_survival else share end as {{ dbt.type_float() }}) as value,
    cast(case
        when estimator = 'km' then time_of_survival_low
        when share is null then null
        when survival = 1 then {{ none_done.low }}
        when survival = 0 then {{ all_done.low }}
        else 1 - {{ read.high }}
    end as {{ dbt.type_float() }}) as low,
    cast(case
        when estimator = 'km' then time_of_survival_high
        when share is null then null
        when survival = 1 then {{ none_done.high }}
        when survival = 0 then {{ all_done.high }}
        else 1 - {{ read.low }}
    end as {{ dbt.type_float() }}) as high,
    n,
    eligible
from shared
