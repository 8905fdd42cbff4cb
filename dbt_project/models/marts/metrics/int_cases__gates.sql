-- What became of each form that stood before content; machines are left out.
with visits as (
    select session_key, max(happened_at) as last_at, max(person_key) as person_key
    from {{ ref('fct_web_event') }}
    where not is_bot and session_key is not null
    group by session_key
),

gates as (
    select
        session_key,
        coalesce(content_path, 'unknown') as item,
        max(country) as country,
        max(referrer_type) as channel,
        min(happened_day) as seen_day,
        min(happened_at) as seen_at,
        max(case when event_type = 'gate_submit' then 1 else 0 end) = 1 as is_submitted
    from {{ ref('fct_web_event') }}
    where not is_bot and session_key is not null and event_type in ('gate_view', 'gate_submit')
    group by session_key, coalesce(content_path, 'unknown')
)

select
    gates.session_key || ':' || gates.item as gate_key,
    gates.seen_day,
    gates.country,
    {{ all_of(['segment', 'industry', 'strategic']) }},
    gates.channel,
    {{ all_of(['queue', 'survey', 'touchpoint', 'stage', 'role', 'reason']) }},
    gates.item,
    gates.session_key,
    gates.is_submitted,
    not gates.is_submitted and {{ minutes_between('gates.seen_at', 'visits.last_at') }} <= 0.5 as is_exit,
    gates.is_submitted and visits.person_key is not null as is_lead
from gates
inner join visits on gates.session_key = visits.session_key
