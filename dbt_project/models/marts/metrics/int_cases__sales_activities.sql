select
    sales_activity_key,
    happened_day,
    country,
    segment,
    industry,
    strategic,
    {{ all_of(['channel', 'queue', 'survey', 'touchpoint', 'stage', 'role', 'reason']) }},
    activity_type as item,
    account_key,
    activity_type = 'call' as is_call,
    is_connected,
    activity_type = 'email' as is_email,
    outcome in ('replied', 'answered', 'no reply', 'not answered', 'bounced') as is_reply_known,
    outcome in ('replied', 'answered') as is_replied,
    cast(case when activity_type = 'meeting' then 0 else 1 end as bigint) as touch,
    cast(case when activity_type = 'meeting' then 1 else 0 end as bigint) as meeting
from {{ ref('fct_sales_activity') }}
