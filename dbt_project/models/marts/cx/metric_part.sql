{{ config(
    materialized='incremental',
    incremental_strategy='sliced',
    on_schema_change='fail',
    meta={'slice': ['metric', 'day']},
    pre_hook="{{ recompute([changed_slices('int_metrics__day_sums'), changed_case_days(['quantile_order', 'km', 'km_share'])]) }}"
) }}
-- depends_on: {{ ref('int_metrics__case_days') }}, {{ ref('int_metrics__definitions') }}
-- Additive parts of every metric by day and dimensions: sums of these rows are valid under any filter. A quantile has one row a bucket of
-- its fixed logarithmic scale; a case that is not done stands in none.
{% set timed = metrics_by(['quantile_order', 'km', 'km_share']) %}
{% set groups = metric_groups(timed, ['cases', 'day']) %}
with
{% if is_incremental() %}
dirty as ({{ dirty_slices() }}),

{% endif %}
{% for metrics in groups %}
{% set buckets = [] %}
{% for metric in metrics %}{% set _ = buckets.append([metrics[0].day] + metric_dimensions() + [metric.metric ~ '_bucket']) %}{% endfor %}
timed_{{ loop.index }} as (
    select
        {{ metrics[0].day }} as day,
        {{ dimension_list() }},
        {% for metric in metrics %}
        {{ metric.metric }}_bucket,
        grouping({{ metric.metric }}_bucket) = 0 as is_{{ metric.metric }},
        count(case when {{ could_count(metric) }} then 1 end) as {{ metric.metric }}_eligible,
        count(case when {{ counts(metric) }} then 1 end) as {{ metric.metric }}_den{{ ',' if not loop.last }}
        {% endfor %}
    from (
        select
            *,
            {% for metric in metrics %}
            cast(case when {{ counts(metric) }} and {{ metric.estimator.get('event', 'true') }}
                then {{ histogram_bucket(metric.estimator.measure) }} end as bigint) as {{ metric.metric }}_bucket{{ ',' if not loop.last }}
            {% endfor %}
        from {{ ref('int_cases__' ~ metrics[0].cases) }}
        where {{ metrics[0].day }} is not null
        {% if is_incremental() %}
        and {{ metrics[0].day }} in (select day from dirty where metric = '{{ metrics[0].metric }}')
        {% endif %}
    ) as cases
    group by grouping sets ({% for columns in buckets %}({{ columns | join(', ') }}){{ ', ' if not loop.last }}{% endfor %})
),

{% endfor %}
detailed as (
    select *
    from {{ ref('int_metrics__day_sums') }} as parts
    where cut = 'detail'
    {{ only_dirty('parts', word='and') }}
)

select
    metric,
    version,
    day,
    {{ dimension_list() }},
    {{ count_parts() | join(', ') }},
    {{ sum_parts() | join(', ') }},
    cast(null as bigint) as histogram
from detailed
{% for metrics in groups %}
{% set group = loop.index %}
{% for metric in metrics %}
union all
select
    '{{ metric.metric }}' as metric,
    cast({{ metric.version }} as bigint) as version,
    day,
    {{ dimension_list() }},
    cast(case when {{ metric.metric }}_bucket is not null then {{ metric.metric }}_den else 0 end as bigint) as num,
    cast({{ metric.metric }}_den as bigint) as den,
    cast({{ metric.metric }}_eligible as bigint) as eligible,
    cast(null as bigint) as promoters,
    cast(null as bigint) as detractors,
    {% for part in sum_parts() %}
    {{ typed_null('float') }} as {{ part }},
    {% endfor %}
    {{ metric.metric }}_bucket as histogram
from timed_{{ group }}
where is_{{ metric.metric }} and {{ metric.metric }}_eligible > 0
{% endfor %}
{% endfor %}
