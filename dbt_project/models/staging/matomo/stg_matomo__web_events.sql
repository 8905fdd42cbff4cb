{{ config(
    enabled='matomo' in var('sources'),
    meta={'delta': {'key': ['id_site', 'id_visit'],
        'ids': "select '{source}', id_site || ':' || id_visit || ':' || page_id from raw_matomo.actions where (id_site, id_visit) in ({touched})",
        'touched_by': {'matomo.actions': ['id_site', 'id_visit'], 'matomo.visits': ['id_site', 'id_visit']}}}) }}
-- One step of a visit. Events of the categories `task`, `gate` (a form before content) and `helpful` (a vote) have a meaning of their own.
select
    'matomo' as source,
    actions.id_site || ':' || actions.id_visit || ':' || actions.page_id as source_id,
    actions.id_site || ':' || actions.id_visit as session_id,
    visits.visitor_token,
    visits.user_token as person_email_token,
    case
        when actions.event_category = 'task' and actions.event_action = 'start' then 'task_start'
        when actions.event_category = 'task' and actions.event_action = 'complete' then 'task_complete'
        when actions.event_category = 'gate' and actions.event_action = 'impression' then 'gate_view'
        when actions.event_category = 'gate' and actions.event_action = 'submit' then 'gate_submit'
        when actions.event_category = 'helpful' then 'helpful_' || actions.event_action
        when actions.type = 'search' then 'search'
        when actions.type = 'download' then 'download'
        when actions.type = 'outlink' then 'exit'
        when actions.type = 'event' then 'event'
        else 'page_view'
    end as event_type,
    case when actions.event_category = 'task' then actions.event_name_redacted end as task,
    case when actions.event_category in ('gate', 'helpful') then actions.event_name_redacted end as content_path,
    case when actions.type = 'search' then actions.site_search_count end as search_results,
    actions.url_truncated as page_path,
    visits.referrer_type,
    lower(visits.device_type) as device,
    upper(visits.country_code) as country,
    coalesce(visits.browser_family = 'Bot', false) as is_bot,
    visits.consent = 'granted' as has_consent,
    cast(visits.visit_duration_seconds as {{ dbt.type_float() }}) as session_duration_seconds,
    {{ to_utc('actions.happened_at') }} as happened_at,
    {{ to_utc('actions._loaded_at') }} as loaded_at,
    actions._is_deleted as is_deleted
from {{ newest(source('matomo', 'actions'), ['id_site', 'id_visit', 'page_id'], ['id_site', 'id_visit']) }} as actions
left join {{ newest(source('matomo', 'visits'), ['id_site', 'id_visit']) }} as visits
    on actions.id_site = visits.id_site and actions.id_visit = visits.id_visit
