with cells as (
    {% for w in ['who', 'what', 'where', 'when', 'why'] %}{% for state in ['as_is', 'should_be'] %}
    select '{{ w }}' as w, '{{ state }}' as state
    {{ 'union all' if not (w == 'why' and state == 'should_be') }}
    {% endfor %}{% endfor %}
),

clock as (
    select max(happened_day) as today from {{ ref('int_cases__interactions') }}
),

newest as (
    select *
    from (
        select
            cells.metric, cells.value, cells.ci_low, cells.ci_high,
            row_number() over (partition by cells.metric order by cells.period_start desc) as pick
        from {{ ref('metric_value') }} as cells
        where cells.grain = 'quarter' and cells.value is not null and cells.country = 'all' and cells.segment = 'all' and cells.industry = 'all' and cells.strategic = 'all' and cells.channel = 'all' and cells.queue = 'all' and cells.survey = 'all' and cells.touchpoint = 'all' and cells.stage = 'all' and cells.role = 'all' and cells.reason = 'all' and cells.item = 'all'
    ) as numbered
    where pick = 1
),

gaps as (
    select w, cast(sum(abs(as_is - should_be)) / 2 as {{ dbt.type_float() }}) as mix_gap
    from {{ ref('fivew_mix') }}
    where should_be is not null
    group by w
),

judged as (
    select
        cells.w,
        cells.state,
        items.answer_redacted,
        cast(items.valid_from as date) as answered_on,
        items.owner,
        items.confidence,
        items.evidence_metric,
        newest.value as evidence,
        newest.ci_low as evidence_low,
        newest.ci_high as evidence_high,
        items.target,
        case when cells.state = 'should_be' then gaps.mix_gap end as mix_gap,
        case
            when items.w is null then 'not answered'
            when cast(items.valid_from as date) < {{ dbt.dateadd('day', -90, 'clock.today') }} then 'stale'
            else 'answered'
        end as status
    from cells
    cross join clock
    left join {{ ref('gov_fivew_item') }} as items on cells.w = items.w and cells.state = items.state and items.is_current
    left join newest on items.evidence_metric = newest.metric
    left join gaps on cells.w = gaps.w
)

select
    cast(w as {{ dbt.type_string() }}) as w,
    cast(state as {{ dbt.type_string() }}) as state,
    cast(status as {{ dbt.type_string() }}) as status,
    answer_redacted,
    answered_on,
    owner,
    confidence,
    evidence_metric,
    evidence,
    evidence_low,
    evidence_high,
    target,
    mix_gap,
    status = 'answered' and (state = 'as_is' or target is not null or mix_gap is not null) as is_complete
from judged
