-- How each customer stood at the end of a closed month: attitude and behaviour side by side, and what binds it. Attitude is the newest
-- answer to "would you recommend us" that is not too old; behaviour is what was ordered, referred and praised in a window before the day.
{%- set cut = var('config').loyalty %}
with months as (
    select * from {{ ref('fct_account_month') }}
    where is_customer or is_customer_before
),

answers as (
    select
        coalesce(answers.account_key, persons.account_key) as account_key,
        answers.answered_day,
        answers.score
    from {{ ref('fct_survey_answer') }} as answers
    left join {{ ref('int_value__person_accounts') }} as persons on answers.person_key = persons.person_key
    where answers.is_valid and answers.is_answered and answers.measure = 'nps' and answers.survey_type = 'relationship'
),

attitudes as (
    select
        months.account_key,
        months.month,
        answers.score,
        row_number() over (partition by months.account_key, months.month order by answers.answered_day desc, answers.score asc) as place
    from months
    inner join answers
        on months.account_key = answers.account_key
        and answers.answered_day <= months.month_day
        and answers.answered_day > {{ dbt.dateadd('day', -cut.attitude_valid_days, 'months.month_day') }}
),

orders as (
    select months.account_key, months.month, count(distinct lines.order_key) as orders
    from months
    inner join {{ ref('fct_order_line') }} as lines
        on months.account_key = lines.account_key
        and lines.ordered_day <= months.month_day
        and lines.ordered_day > {{ dbt.dateadd('day', -cut.repeat_window_days, 'months.month_day') }}
    group by months.account_key, months.month
),

advocacy as (
    select
        months.account_key,
        months.month,
        max(case when acts.act = 'referral' then 1 else 0 end) as has_referred,
        max(case when acts.act = 'praise' then 1 else 0 end) as has_praised
    from months
    inner join {{ ref('int_value__advocacy') }} as acts
        on months.account_key = acts.account_key
        and acts.happened_day <= months.month_day
        and acts.happened_day > {{ dbt.dateadd('day', -cut.advocacy_days, 'months.month_day') }}
    group by months.account_key, months.month
),

heard as (
    select
        months.account_key,
        months.month,
        max(contacts.heard_day) over (partition by months.account_key order by months.month) as heard_day
    from months
    left join {{ ref('int_value__heard_months') }} as contacts
        on months.account_key = contacts.account_key and months.month = contacts.month
),

judged as (
    select
        months.*,
        attitudes.score as attitude_score,
        coalesce(orders.orders, 0) as orders,
        coalesce(advocacy.has_referred, 0) = 1 as has_referred,
        coalesce(advocacy.has_praised, 0) = 1 as has_praised,
        heard.heard_day,
        {{ lock_in_score({
            'contract_months_left': contract_months_left('terms.contract_end_date', 'terms.auto_renews', 'months.month_day'),
            'auto_renews': 'terms.auto_renews',
            'no_export': 'not terms.is_export_available',
            'switching_fee_share': 'terms.switching_fee_share',
        }) }} as lock_in
    from months
    left join attitudes on months.account_key = attitudes.account_key and months.month = attitudes.month and attitudes.place = 1
    left join orders on months.account_key = orders.account_key and months.month = orders.month
    left join advocacy on months.account_key = advocacy.account_key and months.month = advocacy.month
    left join heard on months.account_key = heard.account_key and months.month = heard.month
    left join {{ ref('int_value__account_terms') }} as terms on months.account_key = terms.account_key
)

select
    {{ surrogate_key('account_standing', ['account_key', 'month']) }} as account_standing_key,
    account_key,
    month,
    month_day,
    is_customer_before,
    is_customer,
    is_customer_before and is_customer as is_retained,
    end_recurring,
    attitude_score,
    case
        when attitude_score is null then 'missing'
        when attitude_score >= {{ cut.attitude_high_from }} then 'high'
        else 'low'
    end as attitude,
    coalesce(attitude_score <= {{ cut.satisfaction_low_until }}, false) as is_dissatisfied,
    cast(orders as bigint) as orders,
    orders >= {{ cut.repeat_orders }} as is_repeat_buyer,
    case
        when attitude_score is null then 'attitude missing'
        when attitude_score >= {{ cut.attitude_high_from }} and orders >= {{ cut.repeat_orders }} then 'true'
        when attitude_score >= {{ cut.attitude_high_from }} then 'latent'
        when orders >= {{ cut.repeat_orders }} then 'spurious'
        else 'none'
    end as loyalty,
    has_referred,
    has_praised,
    heard_day,
    coalesce(heard_day > {{ dbt.dateadd('day', -cut.heard_days, 'month_day') }}, false) as is_heard,
    cast(lock_in as bigint) as lock_in,
    country,
    segment,
    industry,
    strategic,
    loaded_at
from judged
