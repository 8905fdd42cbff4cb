-- Who was on planned leave on the day does not count; who left after it does.
with trainings as (
    select
        trainings.*,
        {{ employee_of() }} as employee_key,
        present.present_day
    from {{ ref('input__trainings') }} as trainings
    cross join {{ ref('int_people__present') }} as present
    {{ join_employee('trainings') }}
    where not coalesce(trainings.is_deleted, false)
),

judged as (
    select
        trainings.*,
        employees.org_unit_key,
        employees.location,
        case
            when trainings.status = 'cancelled' then 'cancelled'
            when trainings.due_on is null then 'no due day'
            when trainings.due_on > trainings.present_day then 'not due yet'
            when employees.left_on < trainings.due_on then 'left before due'
            when on_leave.employee_key is not null then 'on leave when due'
        end as reject_reason
    from trainings
    left join {{ ref('dim_employee') }} as employees
        on trainings.employee_key = employees.employee_key
            and cast(coalesce(trainings.due_on, trainings.assigned_on) as timestamp) >= employees.valid_from
            and cast(coalesce(trainings.due_on, trainings.assigned_on) as timestamp) < employees.valid_to
    left join (
        select distinct trainings.source, trainings.source_id, trainings.employee_key
        from trainings
        inner join {{ ref('fct_absence') }} as absences
            on trainings.employee_key = absences.employee_key and trainings.due_on between absences.started_on and absences.ended_on
        where absences.is_planned
    ) as on_leave
        on trainings.source = on_leave.source and trainings.source_id = on_leave.source_id
)

select
    {{ surrogate_key('training', ['source', 'source_id']) }} as training_key,
    source,
    source_id,
    employee_key,
    org_unit_key,
    coalesce(location, 'unknown') as location,
    course_id,
    coalesce(topic, 'unknown') as topic,
    is_mandatory,
    assigned_on,
    due_on,
    completed_on,
    reject_reason is null as is_due,
    coalesce(completed_on <= due_on, false) as is_on_time,
    reject_reason,
    score,
    loaded_at
from judged
