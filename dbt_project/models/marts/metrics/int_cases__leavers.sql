with steps as (
    select
        offboarding_key,
        sum(case when state = 'open' then 1 else 0 end) as steps_open,
        sum(case when state = 'done' then 1 else 0 end) as steps_done
    from {{ ref('fct_leaver_step') }}
    group by offboarding_key
)

select
    leavers.offboarding_key,
    leavers.notice_day,
    leavers.country,
    leavers.segment,
    leavers.industry,
    leavers.strategic,
    {{ all_of(['channel', 'queue', 'survey', 'touchpoint', 'stage', 'role']) }},
    leavers.reason,
    {{ all_of(['item']) }},
    leavers.account_key,
    leavers.notice_at,
    leavers.confirm_minutes,
    leavers.confirmed_at is not null as is_confirmed,
    leavers.close_minutes / 1440 as close_days,
    leavers.is_closed,
    leavers.final_invoice_at is not null as is_invoiced,
    leavers.is_invoice_wrong,
    leavers.exit_rating is not null and leavers.exit_rating_max > 1 as is_rated,
    coalesce((leavers.exit_rating - 1) / nullif(leavers.exit_rating_max - 1, 0) >= 0.75, false) as is_rated_well,
    leavers.post_notice_contacts is not null as is_contacts_counted,
    leavers.is_within_contact_policy,
    steps.steps_open = 0 as is_judged,
    steps.steps_done = 5 as is_parted_well,
    leavers.left_at,
    coalesce(leavers.left_at <= clock.as_of_at, false) as is_gone,
    leavers.is_boomerang,
    {{ theme_of('leavers.reason', 'reasons.theme') }} as theme
from {{ ref('fct_offboarding') }} as leavers
cross join {{ ref('int_value__clock') }} as clock
inner join steps on leavers.offboarding_key = steps.offboarding_key
left join {{ ref('dim_reason') }} as reasons on leavers.reason = reasons.reason and reasons.kind = 'churn'
