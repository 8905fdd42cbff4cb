-- One week of a visitor of the website: new when it is the first that is known, and then by the way of the first visit.
with visits as (
    select
        source,
        visitor_token,
        cast({{ dbt.date_trunc('week', business_day('happened_at')) }} as date) as week_start,
        referrer_type,
        country,
        happened_at
    from {{ ref('input__web_events') }}
    where visitor_token is not null and not coalesce(is_bot, false) and not coalesce(is_deleted, false)
),

firsts as (
    select source, visitor_token, min(week_start) as first_week
    from visits
    group by source, visitor_token
),

weeks as (
    select
        source,
        visitor_token,
        week_start,
        referrer_type,
        country,
        row_number() over (partition by source, visitor_token, week_start order by happened_at asc, referrer_type asc) as place
    from visits
)

select
    {{ surrogate_key('visitor', ['weeks.source', 'weeks.visitor_token']) }} as visitor_key,
    weeks.week_start,
    coalesce(weeks.country, 'unknown') as country,
    coalesce(weeks.referrer_type, 'unknown') as referrer_type,
    weeks.week_start = firsts.first_week as is_new,
    weeks.week_start = firsts.first_week and coalesce(weeks.referrer_type, 'unknown') in ('direct', 'unknown') as is_new_organic
from weeks
inner join firsts on weeks.source = firsts.source and weeks.visitor_token = firsts.visitor_token
where weeks.place = 1
