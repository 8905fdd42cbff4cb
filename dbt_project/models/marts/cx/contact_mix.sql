-- Who serves customers, by what avenue, where and when: shares of the month's contacts. Who is the team that had the ticket when a person
-- answered in public; the others count tickets as they begin.
with contacts as (
    select {{ business_day('events.happened_at') }} as day, 'who' as dimension, events.queue as member
    from {{ ref('fct_ticket_event') }} as events
    inner join {{ ref('fct_ticket') }} as tickets on events.ticket_key = tickets.ticket_key and tickets.is_valid
    where events.event_type = 'comment' and events.is_public and events.actor_type = 'agent'
    union all
    select created_day as day, 'what' as dimension, {{ channel_of('channel') }} as member
    from {{ ref('fct_ticket') }}
    where is_valid
    union all
    select created_day as day, 'where' as dimension, country as member
    from {{ ref('fct_ticket') }}
    where is_valid
    union all
    select
        created_day as day,
        'when' as dimension,
        case when floor(local_hour_of_week / 24) in (0, 6) then 'weekend ' else 'weekday ' end
        || case
            when local_hour_of_week % 24 < 6 then '00-06'
            when local_hour_of_week % 24 < 12 then '06-12'
            when local_hour_of_week % 24 < 18 then '12-18'
            else '18-24'
        end as member
    from {{ ref('fct_ticket') }}
    where is_valid and local_hour_of_week is not null
),

counted as (
    select days.month_start as month, contacts.dimension, coalesce(contacts.member, 'unknown') as member, count(*) as contacts
    from contacts
    inner join {{ ref('dim_date') }} as days on contacts.day = days.day
    group by days.month_start, contacts.dimension, coalesce(contacts.member, 'unknown')
)

select
    month,
    cast(dimension as {{ dbt.type_string() }}) as dimension,
    cast(member as {{ dbt.type_string() }}) as member,
    cast(contacts as bigint) as contacts,
    cast(contacts as {{ dbt.type_float() }}) / sum(cast(contacts as {{ dbt.type_float() }})) over (partition by month, dimension) as share
from counted
