-- What one person expected of a touchpoint and what they got, from the same response and on the same scale: a row a response and touchpoint.
with sides as (
    select
        survey_response_key || ':' || touchpoint as gap_key,
        touchpoint,
        {%- for name in ['answered_day', 'country', 'segment', 'industry', 'strategic', 'channel', 'queue', 'survey', 'stage', 'reason', 'account_key'] %}
        max({{ name }}) as {{ name }},
        {%- endfor %}
        avg(case when measure = 'expectation' then score end) as expected,
        avg(case when measure = 'perception' then score end) as perceived,
        min(scale_min) = max(scale_min) and min(scale_max) = max(scale_max) as is_same_scale
    from {{ ref('fct_survey_answer') }}
    where measure in ('expectation', 'perception') and is_valid and is_trigger_valid and is_answered and survey_response_key is not null
    group by survey_response_key, touchpoint
)

select
    gap_key,
    answered_day,
    country,
    segment,
    industry,
    strategic,
    channel,
    queue,
    survey,
    touchpoint,
    stage,
    {{ all_of(['role']) }},
    reason,
    {{ all_of(['item']) }},
    account_key,
    expected,
    perceived,
    case when is_same_scale then perceived - expected end as gap,
    coalesce(is_same_scale, false) and expected is not null and perceived is not null as is_paired
from sides
