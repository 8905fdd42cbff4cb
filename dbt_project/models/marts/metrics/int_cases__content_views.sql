-- How long content was looked at: the time to the next step of the visit. The last page of a visit has no known time.
with steps as (
    select
        *,
        {{ path_of('page_path') }} as path,
        lead(happened_at) over (partition by session_key order by happened_at, web_event_key) as next_at
    from {{ ref('fct_web_event') }}
    where not is_bot and session_key is not null
)

select
    steps.web_event_key as content_view_key,
    steps.happened_day as viewed_day,
    steps.country,
    {{ all_of(['segment', 'industry', 'strategic']) }},
    steps.referrer_type as channel,
    {{ all_of(['queue', 'survey', 'touchpoint', 'stage', 'role']) }},
    coalesce(content.core_question, 'none') as reason,
    content.page_path as item,
    steps.next_at is not null as is_timed,
    {{ minutes_between('steps.happened_at', 'steps.next_at') }} >= 0.25 as is_engaged,
    content.reading_grade
from steps
inner join {{ ref('dim_content') }} as content
    on steps.path = content.page_path and steps.happened_at >= content.valid_from and steps.happened_at < content.valid_to
where steps.event_type = 'page_view' and content.kind <> 'form'
