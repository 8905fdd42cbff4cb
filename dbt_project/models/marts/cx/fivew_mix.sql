with clock as (
    select {{ dbt.dateadd('day', -90, 'max(happened_day)') }} as since_day from {{ ref('int_cases__interactions') }}
),

counted as (
    select 'who' as w, events.queue as name, cast(count(*) as bigint) as contacts
    from {{ ref('fct_ticket_event') }} as events
    inner join {{ ref('fct_ticket') }} as tickets on events.ticket_key = tickets.ticket_key and tickets.is_valid
    cross join clock
    where events.event_type = 'comment' and events.is_public and events.actor_type = 'agent' and {{ business_day('events.happened_at') }} > clock.since_day
    group by events.queue
    union all
    select 'what' as w, cases.channel as name, cast(count(*) as bigint) as contacts
    from {{ ref('int_cases__interactions') }} as cases
    cross join clock
    where cases.happened_day > clock.since_day and cases.is_mapped and cases.touchpoint <> 'answer_survey'
    group by cases.channel
    union all
    select 'where' as w, cases.touchpoint as name, cast(count(*) as bigint) as contacts
    from {{ ref('int_cases__interactions') }} as cases
    cross join clock
    where cases.happened_day > clock.since_day and cases.is_mapped and cases.touchpoint <> 'answer_survey'
    group by cases.touchpoint
)

select
    cast(coalesce(counted.w, mix.w) as {{ dbt.type_string() }}) as w,
    coalesce(counted.name, mix.name) as name,
    coalesce(cast(counted.contacts as {{ dbt.type_float() }}) / sum(counted.contacts) over (partition by coalesce(counted.w, mix.w)), 0) as as_is,
    case when max(mix.share) over (partition by coalesce(counted.w, mix.w)) is not null then coalesce(mix.share, 0) end as should_be,
    coalesce(counted.contacts, 0) as contacts
from counted
full outer join {{ ref('gov_fivew_mix') }} as mix on counted.w = mix.w and counted.name = mix.name
