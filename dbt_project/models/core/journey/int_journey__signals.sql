{{ config(schema='intermediate', materialized='view') }}
-- Events of known persons that may begin a stage of the journey. Machines, and visitors who did not agree, are not among them.
select person_key, 'web_visit' as signal, referrer_type as kind, {{ typed_null('string') }} as detail, min(happened_at) as happened_at
from {{ ref('fct_web_event') }}
where person_key is not null and not is_bot and referrer_type <> 'link'
group by person_key, session_key, referrer_type
union all
select
    events.person_key,
    case
        when events.event_type in ('task_start', 'task_complete') then 'task'
        when events.event_type in ('page_view', 'download', 'gate_submit') then events.event_type
    end as signal,
    case events.event_type when 'page_view' then coalesce(content.kind, 'other') when 'task_start' then events.task when 'task_complete' then events.task end as kind,
    coalesce(events.content_path, {{ path_of('events.page_path') }}) as detail,
    events.happened_at
from {{ ref('fct_web_event') }} as events
left join {{ ref('dim_content') }} as content
    on {{ path_of('events.page_path') }} = content.page_path
    and events.happened_at >= content.valid_from and events.happened_at < content.valid_to
where events.person_key is not null and not events.is_bot
    and events.event_type in ('page_view', 'download', 'gate_submit', 'task_start', 'task_complete')
union all
select person_key, 'crm_activity' as signal, channel as kind, {{ typed_null('string') }} as detail, happened_at
from {{ ref('fct_interaction') }}
where person_key is not null and interaction_type in ('crm_call', 'crm_email', 'crm_meeting')
union all
select persons.person_key, 'opportunity' as signal, activities.outcome as kind, activities.stage as detail, activities.happened_at
from {{ ref('input__crm_activities') }} as activities
inner join {{ ref('int_identity__person_keys') }} as persons
    on activities.source = persons.source and activities.person_source_id = persons.source_id
where activities.activity_type = 'opportunity_stage' and not coalesce(activities.is_deleted, false) and activities.happened_at is not null
union all
select persons.person_key, 'contract' as signal, {{ typed_null('string') }} as kind, {{ typed_null('string') }} as detail, cast(contracts.first_contract_on as timestamp) as happened_at
from {{ ref('dim_person') }} as persons
inner join {{ ref('int_journey__contracts') }} as contracts on persons.account_key = contracts.account_key
where persons.is_current and contracts.first_contract_on <= cast((select max(happened_at) from {{ ref('fct_interaction') }}) as date)
union all
select person_key, 'ticket' as signal, {{ channel_of('channel') }} as kind, reason as detail, created_at as happened_at
from {{ ref('fct_ticket') }}
where person_key is not null and is_valid and created_at is not null
union all
select
    person_key,
    'survey_answer' as signal,
    measure as kind,
    case
        when measure <> 'nps' then 'other'
        when score >= 9 then 'promoter'
        when score >= 7 then 'passive'
        else 'detractor'
    end as detail,
    answered_at as happened_at
from {{ ref('fct_survey_answer') }}
where person_key is not null and is_valid and is_answered and score is not null and answered_at is not null
union all
select
    person_key,
    'mention' as signal,
    sentiment as kind,
    platform as detail,
    happened_at
from {{ ref('fct_mention') }}
where person_key is not null and is_valid and not is_own and happened_at is not null
union all
select referrer_person_key as person_key, 'referral' as signal, origin as kind, {{ typed_null('string') }} as detail, referred_at as happened_at
from {{ ref('fct_referral') }}
where referrer_person_key is not null and referred_at is not null
