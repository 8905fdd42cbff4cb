-- How customers reach the organisation, and how they say they like to; a contact is a message or a visit, of persons or not.
with clock as (
    select {{ dbt.dateadd('year', -1, 'max(happened_day)') }} as since_day from {{ ref('int_cases__interactions') }}
),

counted as (
    select cases.channel, count(*) as contacts
    from {{ ref('int_cases__interactions') }} as cases
    cross join clock
    where cases.happened_day > clock.since_day and cases.direction = 'inbound' and cases.is_mapped
        and cases.touchpoint <> 'answer_survey' and cases.stage <> 'advocacy'
    group by cases.channel
),

stated as (
    select {{ channel_of('answers.score_meaning') }} as channel, count(*) as answers
    from {{ ref('fct_survey_answer') }} as answers
    cross join clock
    where answers.is_valid and answers.is_answered and answers.measure = 'choice' and answers.item = 'preferred_channel'
        and answers.score_meaning is not null and answers.answered_day > clock.since_day
    group by {{ channel_of('answers.score_meaning') }}
),

beside as (
    select
        coalesce(counted.channel, stated.channel) as channel,
        coalesce(counted.contacts, 0) as contacts,
        coalesce(stated.answers, 0) as answers,
        sum(coalesce(counted.contacts, 0)) over () as all_contacts,
        sum(coalesce(stated.answers, 0)) over () as all_answers
    from counted
    full outer join stated on counted.channel = stated.channel
),

shares as (
    select
        beside.*,
        cast(contacts as {{ dbt.type_float() }}) / nullif(all_contacts, 0) as as_is,
        case when all_answers >= 5 then cast(answers as {{ dbt.type_float() }}) / all_answers end as preferred
    from beside
)

select
    cast(channel as {{ dbt.type_string() }}) as channel,
    cast(contacts as bigint) as contacts,
    cast(as_is as {{ dbt.type_float() }}) as as_is,
    cast(case when all_answers >= 5 then answers end as bigint) as answers,
    cast(preferred as {{ dbt.type_float() }}) as preferred,
    cast(sum(abs(as_is - preferred)) over () / 2 as {{ dbt.type_float() }}) as mix_gap
from shares
