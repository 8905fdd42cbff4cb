-- The five steps of every leaver. A step is done in time, late, missed (its time is past) or still open (its time is not): none is left out.
{%- set rule = var('config').loyalty.leaving %}
with steps as (
    select
        leavers.*,
        'cancellation confirmed' as item,
        leavers.confirmed_at as done_at,
        {{ dbt.dateadd('hour', rule.confirm_hours, 'leavers.notice_at') }} as due_at,
        false as is_faulty
    from {{ ref('fct_offboarding') }} as leavers
    union all
    select
        leavers.*,
        'export delivered' as item,
        leavers.export_delivered_at as done_at,
        {{ dbt.dateadd('day', rule.export_days + 1, 'cast(leavers.service_ends_on as timestamp)') }} as due_at,
        false as is_faulty
    from {{ ref('fct_offboarding') }} as leavers
    union all
    select
        leavers.*,
        'final invoice right' as item,
        leavers.final_invoice_at as done_at,
        {{ dbt.dateadd('day', rule.invoice_days + 1, 'cast(leavers.service_ends_on as timestamp)') }} as due_at,
        leavers.is_invoice_wrong as is_faulty
    from {{ ref('fct_offboarding') }} as leavers
    union all
    select
        leavers.*,
        'data deleted' as item,
        leavers.data_deleted_at as done_at,
        {{ dbt.dateadd('day', 1, 'cast(leavers.deletion_promised_on as timestamp)') }} as due_at,
        false as is_faulty
    from {{ ref('fct_offboarding') }} as leavers
    union all
    select
        leavers.*,
        'parting rated' as item,
        case when leavers.exit_rating is not null then leavers.service_ends_on end as done_at,
        {{ dbt.dateadd('day', rule.rating_days + 1, 'cast(leavers.service_ends_on as timestamp)') }} as due_at,
        false as is_faulty
    from {{ ref('fct_offboarding') }} as leavers
)

select
    {{ surrogate_key('leaver_step', ['steps.offboarding_key', 'steps.item']) }} as leaver_step_key,
    steps.offboarding_key,
    steps.account_key,
    steps.item,
    case
        when steps.is_faulty then 'missed'
        when steps.done_at < steps.due_at then 'done'
        when steps.done_at is not null and steps.due_at is not null then 'late'
        when steps.done_at is not null then 'done'
        when steps.due_at <= clock.as_of_at then 'missed'
        else 'open'
    end as state,
    steps.due_at,
    cast(steps.done_at as timestamp) as done_at,
    steps.notice_day,
    steps.reason,
    steps.country,
    steps.segment,
    steps.industry,
    steps.strategic
from steps
cross join {{ ref('int_value__clock') }} as clock
