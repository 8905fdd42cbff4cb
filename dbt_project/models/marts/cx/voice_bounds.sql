-- Each score of a survey, for those asked in a quarter: what they said, between what it must lie whatever the silent think, what it is when
-- the answers are raked to all who were asked, and how those who answered late differ. Fewer than five answers show nothing.
{%- set metrics = bounded_metrics() %}
{%- set fields = frame_fields() %}
with frame as (
    select frame.*, days.quarter_start as period_start
    from {{ ref('int_voice__frame') }} as frame
    inner join {{ ref('dim_date') }} as days on frame.invited_day = days.day
),

answers as (
    select *
    from {{ ref('fct_survey_answer') }}
    where is_valid and is_trigger_valid and survey_invitation_key is not null
),

-- one score a person, the mean where a survey asks the same thing twice
scores as (
    {%- for metric in metrics %}
    select '{{ metric.metric }}' as metric, {{ metric.version }} as version, '{{ metric.estimator.name }}' as estimator, survey_invitation_key, avg({{ case_y(metric) }}) as y
    from answers
    where {{ counts(metric) }}
    group by survey_invitation_key
    union all
    {%- endfor %}
    select {{ typed_null('string') }}, cast(null as int), {{ typed_null('string') }}, {{ typed_null('string') }}, {{ typed_null('float') }}
    where 1 = 0
),

placed as (
    select
        scores.*,
        frame.period_start,
        frame.survey,
        weights.weight,
        ntile(3) over (
            partition by scores.metric, frame.period_start, frame.survey order by frame.answer_minutes asc, scores.survey_invitation_key asc
        ) = 3 as is_late
    from scores
    inner join frame on scores.survey_invitation_key = frame.survey_invitation_key and frame.is_respondent
    left join {{ source('analysis', 'response_weight') }} as weights
        on frame.period_start = weights.period_start and frame.survey = weights.survey
        {%- for field in fields %} and frame.{{ field }} = weights.{{ field }}{% endfor %}
),

asked as (
    select period_start, survey, count(*) as asked
    from frame
    group by period_start, survey
),

by_survey as (
    select
        placed.metric,
        placed.version,
        placed.estimator,
        placed.period_start,
        placed.survey,
        max(asked.asked) as asked,
        count(*) as n,
        sum(y) as total,
        sum(y * y) as squares,
        count(case when is_late then 1 end) as late_n,
        coalesce(sum(case when is_late then y end), 0) as late_total,
        coalesce(sum(case when is_late then y * y end), 0) as late_squares,
        case when count(weight) = count(*) then sum(weight) end as weight,
        case when count(weight) = count(*) then sum(weight * weight) end as weight_squared,
        case when count(weight) = count(*) then sum(weight * y) end as weighted_total,
        case when count(weight) = count(*) then sum(weight * y * y) end as weighted_squares
    from placed
    inner join asked on placed.period_start = asked.period_start and placed.survey = asked.survey
    group by placed.metric, placed.version, placed.estimator, placed.period_start, placed.survey
),

summed as (
    {%- set sums = ['asked', 'n', 'total', 'squares', 'late_n', 'late_total', 'late_squares'] %}
    {%- set weighed = ['weight', 'weight_squared', 'weighted_total', 'weighted_squares'] %}
    select metric, version, estimator, period_start, survey, {{ (sums + weighed) | join(', ') }}
    from by_survey
    union all
    select
        metric, version, estimator, period_start, 'all' as survey,
        {%- for column in sums %}
        sum({{ column }}) as {{ column }},
        {%- endfor %}
        {%- for column in weighed %}
        case when count({{ column }}) = count(*) then sum({{ column }}) end as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from by_survey
    group by metric, version, estimator, period_start
),

effective as (
    select
        *,
        cast(n as {{ dbt.type_float() }}) / nullif(asked, 0) as rate,
        {{ kish('weight', 'weight_squared') }} as n_effective,
        {{ kish('weight', 'weight_squared') }} / nullif(weight, 0) as shrink
    from summed
    where n >= 5
)

{%- set value = interval_of_scores('estimator', 'total', 'squares', 'n') %}
{%- set raked = interval_of_scores('estimator', '(weighted_total * shrink)', '(weighted_squares * shrink)', 'n_effective') %}
{%- set late = interval_of_scores('estimator', 'late_total', 'late_squares', 'late_n') %}
{%- set early = interval_of_scores('estimator', '(total - late_total)', '(squares - late_squares)', '(n - late_n)') %}
{%- set contrast = difference_of(late, early) %}
{%- set bounds = no_assumption_bounds(value.value, 'rate', "(case estimator when 'wilson' then 0.0 else -100.0 end)", "(case estimator when 'wilson' then 1.0 else 100.0 end)") %}
select
    metric,
    cast(version as bigint) as version,
    period_start,
    survey,
    cast(asked as bigint) as asked,
    cast(n as bigint) as n,
    rate as answer_rate,
    {%- for name, expression, known in [
        ('value', value.value, 'true'), ('ci_low', value.low, 'true'), ('ci_high', value.high, 'true'),
        ('bound_low', bounds.low, 'true'), ('bound_high', bounds.high, 'true'),
        ('raked_value', raked.value, 'weight is not null'), ('raked_low', raked.low, 'weight is not null'), ('raked_high', raked.high, 'weight is not null'),
        ('n_effective', 'n_effective', 'true'),
        ('late_value', late.value, 'late_n >= 5'), ('early_value', early.value, 'late_n >= 5'), ('late_difference', contrast.value, 'late_n >= 5'),
        ('late_difference_low', contrast.low, 'late_n >= 5'), ('late_difference_high', contrast.high, 'late_n >= 5'),
    ] %}
    cast(case when {{ known }} then {{ expression }} end as {{ dbt.type_float() }}) as {{ name }},
    {%- endfor %}
    case
        when weight is null then 'fewer than 30 answers, or no weights with which they are like all who were asked'
    end as not_raked_reason
from effective
