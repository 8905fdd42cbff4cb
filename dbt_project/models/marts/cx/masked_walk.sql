-- One person's walk, another person every day: the newest days with a contact, as many as can be told without telling who. Only who walked as at
-- least 20 of the same segment and country did, day by day over the same touchpoints, is drawn. What is said of a step beyond that (score, promise,
-- comment) needs 10 look-alikes of whom it can be said too; days between steps are bands, because exact ones would tell the person apart again.
-- No word that anybody wrote is shown: redaction misses some names, and what is public can be searched for.
{% set look_alikes, sayers, most_days = 20, 10, 8 %}
with clock as (
    select max(happened_day) as last_day, {{ dbt.dateadd('month', -12, 'max(happened_day)') }} as after_day from {{ ref('fct_interaction') }}
),

lengths as (
    {% for length in range(1, most_days + 1) %}
    select {{ length }} as length
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

visits as (
    select
        contacts.person_key, contacts.happened_day, contacts.touchpoint_key,
        max(case when contacts.interaction_type = 'survey' then 1 else 0 end) as is_survey,
        dense_rank() over (partition by contacts.person_key order by contacts.happened_day desc) as from_the_end
    from {{ ref('fct_interaction') }} as contacts
    cross join clock
    where contacts.person_key is not null and contacts.touchpoint_key <> 'unmapped' and contacts.happened_day > clock.after_day
    group by contacts.person_key, contacts.happened_day, contacts.touchpoint_key
),

reach as (
    select person_key, max(from_the_end) as days from visits group by person_key
),

steps as (
    select lengths.length, visits.*, lengths.length - visits.from_the_end + 1 as step_number
    from visits
    inner join reach on visits.person_key = reach.person_key
    inner join lengths on lengths.length <= reach.days and visits.from_the_end <= lengths.length
),

walks as (
    select
        steps.length, steps.person_key,
        {{ sorted_values("lpad(cast(steps.step_number as " ~ dbt.type_string() ~ "), 4, '0') || ':' || steps.touchpoint_key", 'true') }} as path
    from steps
    group by steps.length, steps.person_key
),

alike as (
    select
        walks.*, coalesce(persons.country, 'unknown') as country, coalesce(accounts.segment, 'unknown') as segment,
        count(*) over (partition by walks.length, coalesce(persons.country, 'unknown'), coalesce(accounts.segment, 'unknown'), walks.path) as people
    from walks
    inner join {{ ref('dim_person') }} as persons on walks.person_key = persons.person_key and persons.is_current
    left join {{ ref('dim_account') }} as accounts on persons.account_key = accounts.account_key and accounts.is_current
),

longest as (
    select
        alike.*,
        row_number() over (partition by person_key order by length desc) as pick,
        max(length) over () as longest
    from alike
    where people >= {{ look_alikes }}
),

drawn as (  -- one after the other in an order that follows from nobody's traits, a place further every day
    select longest.*, row_number() over (order by {{ dbt.hash('person_key') }} asc) - 1 as place, count(*) over () as persons
    from longest
    where pick = 1 and length >= least(3, longest)
),

walker as (
    select drawn.*
    from drawn
    cross join clock
    where drawn.place = mod({{ dbt.datediff("cast('2000-01-01' as date)", 'clock.last_day', 'day') }}, drawn.persons)
),

group_steps as (
    select
        steps.person_key, steps.step_number, steps.happened_day, steps.touchpoint_key, steps.is_survey,
        steps.person_key = walker.person_key as is_walker, walker.people, walker.length, walker.country, walker.segment
    from walker
    inner join alike on walker.length = alike.length and walker.country = alike.country and walker.segment = alike.segment and walker.path = alike.path
    inner join steps on alike.length = steps.length and alike.person_key = steps.person_key
),

said as (
    select person_key, answered_day as day, avg((score - scale_min) / nullif(scale_max - scale_min, 0)) as score, max(case when comment_redacted is not null then 1 else 0 end) as has_written
    from {{ ref('fct_survey_answer') }}
    where is_valid and person_key is not null and measure in ('nps', 'csat', 'ces')
    group by person_key, answered_day
),

promised as (
    select tickets.person_key, tickets.created_day as day, cases.touchpoint as touchpoint_key, min(case when cases.is_kept then 1 else 0 end) as is_kept
    from {{ ref('int_cases__promises') }} as cases
    inner join {{ ref('fct_ticket') }} as tickets on cases.promise_sk || ':' || tickets.ticket_key = cases.promise_case_key
    where cases.is_kept is not null
    group by tickets.person_key, tickets.created_day, cases.touchpoint
),

told as (
    select
        group_steps.*, said.score, said.has_written, promised.is_kept,
        sum(case when said.score is not null then 1 else 0 end) over (partition by group_steps.step_number, group_steps.touchpoint_key) as scored,
        sum(coalesce(said.has_written, 0)) over (partition by group_steps.step_number, group_steps.touchpoint_key) as worded,
        sum(case when promised.is_kept is not null then 1 else 0 end) over (partition by group_steps.step_number, group_steps.touchpoint_key) as judged,
        {{ dbt.datediff('min(group_steps.happened_day) over (partition by group_steps.person_key)', 'group_steps.happened_day', 'day') }} as days_since
    from group_steps
    left join said
        on group_steps.person_key = said.person_key and group_steps.happened_day = said.day and group_steps.is_survey = 1
    left join promised
        on group_steps.person_key = promised.person_key and group_steps.happened_day = promised.day
        and group_steps.touchpoint_key = promised.touchpoint_key
)

select
    cast(row_number() over (order by told.step_number asc, told.touchpoint_key asc) as bigint) as position,
    cast(told.step_number as bigint) as step_number,
    told.touchpoint_key as touchpoint,
    touchpoints.title,
    touchpoints.stage,
    touchpoints.mode,
    cast(case
        when told.days_since = 0 then 'the first day'
        when told.days_since <= 7 then 'within a week'
        when told.days_since <= 31 then 'within a month'
        when told.days_since <= 92 then 'within a quarter'
        else 'later'
    end as {{ dbt.type_string() }}) as since_first,
    cast(case
        when told.scored < {{ sayers }} or told.score is null then null
        when told.score < 0.34 then 'low'
        when told.score < 0.67 then 'middling'
        else 'high'
    end as {{ dbt.type_string() }}) as score_band,
    case when told.judged >= {{ sayers }} then told.is_kept = 1 end as is_promise_kept,
    case when told.worded >= {{ sayers }} then told.has_written = 1 end as has_commented,
    told.segment,
    told.country,
    cast(told.length as bigint) as days,
    cast(told.people as bigint) as look_alikes
from told
left join {{ ref('dim_touchpoint') }} as touchpoints on told.touchpoint_key = touchpoints.touchpoint_key and touchpoints.is_current
where told.is_walker
