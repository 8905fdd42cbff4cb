-- Did the help pages help? Who is known and wrote to support within three days was not helped, whatever they clicked.
with visits as (
    select
        session_key,
        min(happened_day) as visited_day,
        min(happened_at) as begun_at,
        max(country) as country,
        max(referrer_type) as channel,
        max(person_key) as person_key,
        max(case when event_type in ('task_complete', 'helpful_yes') then 1 else 0 end) = 1 as is_helped
    from {{ ref('fct_web_event') }}
    where not is_bot and session_key is not null
    group by session_key
    having max(case when {{ path_of('page_path') }} like '/help%' then 1 else 0 end) = 1
),

tickets as (
    select visits.session_key, count(*) as tickets
    from visits
    inner join {{ ref('fct_ticket') }} as written
        on visits.person_key = written.person_key and written.is_valid
        and written.created_at >= visits.begun_at and written.created_at < {{ dbt.dateadd('hour', 72, 'visits.begun_at') }}
    group by visits.session_key
)

select
    visits.session_key as help_session_key,
    visits.visited_day,
    visits.country,
    {{ all_of(['segment', 'industry', 'strategic']) }},
    visits.channel,
    {{ all_of(['queue', 'survey', 'touchpoint', 'stage', 'role', 'reason', 'item']) }},
    visits.is_helped,
    tickets.session_key is not null as has_ticket,
    visits.person_key is not null as is_known
from visits
left join tickets on visits.session_key = tickets.session_key
