-- How those who answered differ from all who were asked, field by field, and the late from all who answered. A level that fewer than five
-- were asked of shows nothing.
with cells as (
    select
        period_start, survey, {{ frame_fields() | join(', ') }},
        count(*) as asked,
        count(case when is_respondent then 1 end) as answered,
        count(case when is_late then 1 end) as late
    from (
        select
            frame.*,
            days.quarter_start as period_start,
            frame.is_respondent and ntile(3) over (
                partition by days.quarter_start, frame.survey, frame.is_respondent
                order by frame.answer_minutes asc, frame.survey_invitation_key asc
            ) = 3 as is_late
        from {{ ref('int_voice__frame') }} as frame
        inner join {{ ref('dim_date') }} as days on frame.invited_day = days.day
    ) as placed
    group by period_start, survey, {{ frame_fields() | join(', ') }}
),

levels as (
    {%- for field in frame_fields() %}
    select period_start, survey, '{{ field }}' as field, {{ field }} as level, sum(asked) as asked, sum(answered) as answered, sum(late) as late
    from cells
    group by period_start, survey, {{ field }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

shares as (
    select
        *,
        sum(asked) over whole as all_asked,
        sum(answered) over whole as all_answered,
        cast(asked as {{ dbt.type_float() }}) / nullif(sum(asked) over whole, 0) as asked_share,
        cast(answered as {{ dbt.type_float() }}) / nullif(sum(answered) over whole, 0) as answered_share,
        cast(late as {{ dbt.type_float() }}) / nullif(sum(late) over whole, 0) as late_share
    from levels
    window whole as (partition by period_start, survey, field)
)

select
    period_start,
    survey,
    field,
    level,
    cast(asked as bigint) as asked,
    cast(answered as bigint) as answered,
    asked_share,
    answered_share,
    {{ standardised_difference('answered_share', 'asked_share') }} as difference_standardised,
    abs({{ standardised_difference('answered_share', 'asked_share') }}) > 0.1 as is_flagged,
    -- those who answered are drawn out of all who were asked: a hypergeometric share
    abs(answered_share - asked_share) > {{ z() }} * sqrt(
        asked_share * (1 - asked_share) / all_answered * (all_asked - all_answered) / nullif(all_asked - 1, 0)
    ) as is_beyond_chance,
    late_share,
    {{ standardised_difference('late_share', 'answered_share') }} as late_difference_standardised
from shares
where asked >= 5 and all_answered >= 5
