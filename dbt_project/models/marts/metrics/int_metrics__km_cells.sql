{{ config(
    materialized='incremental',
    incremental_strategy='sliced',
    on_schema_change='fail',
    meta={'slice': ['metric', 'grain', 'period_start']},
    pre_hook="{{ recompute([metrics_of_curves(changed_slices('int_metrics__km_cases'))]) }}"
) }}
-- Read off the Kaplan-Meier curves: the time by which a share of the cases is done (interval of Brookmeyer and Crowley 1982: the times at
-- which the bounds of the curve pass that share), and the share done within a time. Without a value where the curve does not get there.
{% set groups, metrics = km_curves(), metrics_by(['km', 'km_share']) %}
{% set curve, read = km_bounds('log_survival', 'greenwood'), km_bounds('log_survival', 'greenwood') %}
{% set none_done, all_done = wilson('0', 'known'), wilson('known', 'known') %}
{% set name_of_cell %}
concat_ws('|', curve, grain, cast(period_start as {{ dbt.type_string() }})
    {%- for dimension in dimensions_cut_by(metrics) %}, case when grouping({{ dimension }}) = 0 then '{{ dimension }}=' || {{ dimension }} end{% endfor %})
{% endset %}
{% set cell = hash_number(name_of_cell) %}
with cases as (
    select *
    from {{ ref('int_metrics__km_cases') }} as cases
    {{ only_dirty('cases', ['curve', 'grain', 'period_start']) }}
),

cells as (
    select
        {{ cell }} as cell,
        curve,
        grain,
        period_start,
        {{ cell_columns(metrics) }},
        count(duration) as n,
        count(*) as eligible,
        min(case when is_settled then 1 else 0 end) = 1 as is_settled
    from cases
    {{ group_by_cuts(metrics, ['curve', 'grain', 'period_start']) }}
),

-- a cell is a number from here on: sorting by its dimensions would cost more than everything else
counted as (
    select
        {{ cell }} as cell,
        duration,
        count(*) as cases,
        count(case when is_done then 1 end) as done
    from cases
    where duration is not null
    {{ group_by_cuts(metrics, ['curve', 'grain', 'period_start', 'duration']) }}
),

at_risk as (
    select
        counted.*,
        cells.n - coalesce(sum(counted.cases) over (
            partition by counted.cell order by counted.duration rows between unbounded preceding and 1 preceding
        ), 0) as at_risk
    from counted
    inner join cells on counted.cell = cells.cell
),

-- the product of (1 - done / at risk) as a sum of logarithms, -100 for the logarithm of nothing; Greenwood's sum beside it
points as (
    select
        cell,
        duration,
        cases,
        done,
        sum(case when done = 0 then 0.0 when done < at_risk then ln(1 - cast(done as {{ dbt.type_float() }}) / at_risk) else -100.0 end) over (
            partition by cell order by duration rows between unbounded preceding and current row
        ) as log_survival,
        sum(case when done < at_risk then done / (cast(at_risk as {{ dbt.type_float() }}) * (at_risk - done)) else 0.0 end) over (
            partition by cell order by duration rows between unbounded preceding and current row
        ) as greenwood
    from at_risk
),

curves as (
    select
        *,
        {{ curve.survival }} as survival,
        {{ curve.low }} as survival_low,
        {{ curve.high }} as survival_high
    from points
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
    select '' as metric, cast(0 as bigint) as version, '' as curve, '' as estimator, {{ typed_null('float') }} as not_done, {{ typed_null('float') }} as within_time
    where 1 = 0
),

read_off as (
    select
        curves.cell,
        wanted.metric,
        wanted.version,
        wanted.estimator,
        -- a curve that lies at exactly a half for a while is read in the middle of it, as a median is; logarithms are rounded
        {% for name in ['survival', 'survival_low', 'survival_high'] %}
        min(case when curves.{{ name }} <= wanted.not_done + 0.000000001 then curves.duration end) as time_of_{{ name }},
        {% endfor %}
        min(case when curves.survival < wanted.not_done - 0.000000001 then curves.duration end) as time_past,
        coalesce(min(case when curves.duration <= wanted.within_time then curves.log_survival end), 0) as log_survival,
        coalesce(max(case when curves.duration <= wanted.within_time then curves.greenwood end), 0) as greenwood,
        max(curves.duration) >= max(wanted.within_time) as is_followed,
        sum(case when curves.duration > wanted.within_time then curves.cases when curves.duration <= wanted.within_time then curves.done else 0 end)
            as known
    from curves
    inner join cells on curves.cell = cells.cell
    inner join wanted on cells.curve = wanted.curve
    inner join {{ ref('int_metrics__lattice') }} as lattice on wanted.metric = lattice.metric and cells.cut = lattice.cut
    group by curves.cell, wanted.metric, wanted.version, wanted.estimator
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
    shared.metric,
    shared.version,
    shared.estimator,
    cells.cut,
    cells.grain,
    cells.period_start,
    {{ dimension_list('cells.') }},
    cast(case when estimator = 'km' then (time_of_survival + coalesce(time_past, time_of_survival)) / 2 else share end as {{ dbt.type_float() }}) as value,
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
    cells.n,
    cells.eligible,
    cells.is_settled
from shared
inner join cells on shared.cell = cells.cell
