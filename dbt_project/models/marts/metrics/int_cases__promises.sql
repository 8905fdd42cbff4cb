-- Each promise held against the cases at its touchpoint, by the test that config/promises.yml or a spreadsheet gives it. What is still open
-- counts as broken once it is older than an `at_most` in minutes allows; business minutes of open cases are not judged.
with clock as (
    select max(happened_at) as now_at from {{ ref('fct_ticket_event') }}
),

ticket_cases as (
    select
        tickets.ticket_key as case_key,
        tickets.person_key,
        tickets.account_key,
        tickets.created_at as opened_at,
        tickets.created_day as opened_day,
        tickets.channel,
        tickets.queue,
        tickets.reason,
        promises.promise_sk,
        case promises.measure
            {% for name in ['first_reply_calendar_minutes', 'first_reply_business_minutes', 'first_solved_calendar_minutes', 'first_solved_business_minutes', 'reopens'] %}
            when '{{ name }}' then cast(tickets.{{ name }} as {{ dbt.type_float() }})
            {% endfor %}
        end as measured,
        case when promises.measure like '%calendar_minutes' then {{ minutes_between('tickets.clock_started_at', 'clock.now_at') }} end as age
    from {{ ref('fct_ticket') }} as tickets
    cross join clock
    left join {{ ref('dim_touchpoint') }} as exact
        on exact.interaction_type = 'support' and {{ channel_of('tickets.channel') }} = {{ channel_of('exact.channel') }}
        and tickets.created_at >= exact.valid_from and tickets.created_at < exact.valid_to
    left join {{ ref('dim_touchpoint') }} as fallback
        on fallback.interaction_type = 'support' and fallback.channel is null
        and tickets.created_at >= fallback.valid_from and tickets.created_at < fallback.valid_to
    inner join {{ ref('dim_promise') }} as promises
        on promises.fact = 'ticket' and coalesce(exact.touchpoint_key, fallback.touchpoint_key, 'unmapped') = promises.touchpoint_key
        and tickets.created_at >= promises.valid_from and tickets.created_at < promises.valid_to
    where tickets.is_valid and (promises.measure not like 'first_reply%' or not coalesce(tickets.is_agent_opened, false))
),

other_cases as (
    select
        tasks.session_key || ':' || tasks.task as case_key,
        max(tasks.person_key) as person_key,
        {{ typed_null('string') }} as account_key,
        min(tasks.happened_at) as opened_at,
        min(tasks.happened_day) as opened_day,
        'web' as channel,
        'web_task' as fact,
        'is_completed' as measure,
        {{ typed_null('string') }} as touchpoint_key,
        cast(max(case when tasks.event_type = 'task_complete' then 1 else 0 end) as {{ dbt.type_float() }}) as measured
    from {{ ref('fct_web_event') }} as tasks
    where not tasks.is_bot and tasks.session_key is not null and tasks.event_type in ('task_start', 'task_complete')
    group by tasks.session_key, tasks.task
    union all
    select survey_answer_key, person_key, account_key, answered_at, answered_day, channel, 'survey_answer', 'score', touchpoint, score
    from {{ ref('fct_survey_answer') }}
    where is_valid and is_trigger_valid and is_answered and score is not null
    union all
    select source || ':' || source_id, null, null, happened_at, {{ business_day('happened_at') }}, platform, 'mention', 'reply_minutes', null, {{ minutes_between('happened_at', 'replied_at') }}
    from {{ ref('input__mentions') }}
    where not coalesce(is_deleted, false) and not coalesce(is_own_reply, false) and mention_type in ('post', 'review') and happened_at is not null
    union all
    select source || ':' || source_id, null, null, promised_at, {{ business_day('promised_at') }}, partner_type, 'partner_order', 'days_late', null, {{ minutes_between('promised_at', 'delivered_at') }} / 1440
    from {{ ref('input__partner_orders') }}
    where not coalesce(is_deleted, false) and promised_at is not null
),

cases as (
    select case_key, person_key, account_key, opened_at, opened_day, channel, queue, reason, promise_sk, measured, age from ticket_cases
    union all
    select
        others.case_key, others.person_key, others.account_key, others.opened_at, others.opened_day, others.channel, 'unknown', 'unknown',
        promises.promise_sk, others.measured,
        case promises.unit when 'minutes' then {{ minutes_between('others.opened_at', 'clock.now_at') }} when 'days' then {{ minutes_between('others.opened_at', 'clock.now_at') }} / 1440 end
    from other_cases as others
    cross join clock
    inner join {{ ref('dim_promise') }} as promises
        on others.fact = promises.fact and others.measure = promises.measure
        and (others.touchpoint_key is null or others.touchpoint_key = promises.touchpoint_key)
        and others.opened_at >= promises.valid_from and others.opened_at < promises.valid_to
)

select
    cases.promise_sk || ':' || cases.case_key as promise_case_key,
    cases.opened_day,
    coalesce(nullif(accounts.country, 'unknown'), persons.country, 'unknown') as country,
    coalesce(accounts.segment, 'unknown') as segment,
    coalesce(accounts.industry, 'unknown') as industry,
    coalesce(accounts.strategic, 'unknown') as strategic,
    coalesce({{ channel_of('cases.channel') }}, 'unknown') as channel,
    cases.queue,
    {{ all_of(['survey']) }},
    promises.touchpoint_key as touchpoint,
    coalesce(touchpoints.stage, 'unknown') as stage,
    {{ all_of(['role']) }},
    cases.reason,
    promises.promise_key as item,
    cases.promise_sk,
    coalesce(cases.account_key, persons.account_key) as account_key,
    cases.measured,
    case
        when cases.measured is not null and promises.kept = 'at_most' then cases.measured <= promises.threshold
        when cases.measured is not null then cases.measured >= promises.threshold
        when promises.kept = 'at_most' and cases.age > promises.threshold then false
    end as is_kept
from cases
inner join {{ ref('dim_promise') }} as promises on cases.promise_sk = promises.promise_sk
left join {{ ref('dim_touchpoint') }} as touchpoints
    on promises.touchpoint_key = touchpoints.touchpoint_key and cases.opened_at >= touchpoints.valid_from and cases.opened_at < touchpoints.valid_to
{{ join_as_of('person', 'persons', 'cases.person_key', 'cases.opened_at') }}
{{ join_as_of('account', 'accounts', 'coalesce(cases.account_key, persons.account_key)', 'cases.opened_at') }}
