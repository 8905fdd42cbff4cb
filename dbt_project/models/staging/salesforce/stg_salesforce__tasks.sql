{{ config(
    enabled='salesforce' in var('sources'),
    meta={'delta': {'key': ['id'], 'ids': "'task:' || id", 'touched_by': {'salesforce.tasks': ['id']}}}
) }}
-- A task happened when it was completed; an open one has not happened yet.
select
    'salesforce' as source,
    'task:' || tasks.id as source_id,
    case
        when lower(tasks.task_subtype) = 'call' or lower(tasks.type) = 'call' then 'call'
        when lower(tasks.task_subtype) like '%email' or lower(tasks.type) = 'email' then 'email'
        when lower(tasks.type) = 'meeting' then 'meeting'
        else 'task'
    end as activity_type,
    tasks.who_id as person_source_id,
    tasks.account_id as account_source_id,
    tasks.owner_id as owner_source_id,
    coalesce(tasks.call_disposition, tasks.status) as outcome,
    case when tasks.is_closed then {{ to_utc('coalesce(tasks.completed_at, tasks.activity_date)') }} end as happened_at,
    {{ to_utc('tasks._loaded_at') }} as loaded_at,
    tasks._is_deleted as is_deleted
from {{ newest(source('salesforce', 'tasks')) }} as tasks
