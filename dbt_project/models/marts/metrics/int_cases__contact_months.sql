with sent as (
    select person_key, country, segment, industry, strategic, happened_day
    from {{ ref('fct_interaction') }}
    where direction = 'outbound' and person_key is not null and interaction_type in ('crm_call', 'crm_email', 'support')
    union all
    select person_key, country, segment, industry, strategic, invited_day as happened_day
    from {{ ref('fct_survey_invitation') }}
    where person_key is not null and invited_day is not null and is_valid
)

select
    sent.person_key || ':' || cast(dates.month_start as {{ dbt.type_string() }}) as contact_month_key,
    dates.month_start as month_day,
    coalesce(max(sent.country), 'unknown') as country,
    coalesce(max(sent.segment), 'unknown') as segment,
    coalesce(max(sent.industry), 'unknown') as industry,
    coalesce(max(sent.strategic), 'unknown') as strategic,
    {{ all_of(['channel', 'queue', 'survey', 'touchpoint', 'stage', 'role', 'reason', 'item']) }},
    cast(count(*) as bigint) as messages
from sent
inner join {{ ref('dim_date') }} as dates on sent.happened_day = dates.day
group by sent.person_key, dates.month_start
