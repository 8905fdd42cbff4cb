with worked as (
    select
        {{ employee_of() }} as employee_key,
        work_days.day,
        max(work_days.scheduled_hours) as scheduled_hours,
        sum(coalesce(work_days.over_hours, greatest(work_days.worked_hours - work_days.scheduled_hours, 0))) as over_hours
    from {{ ref('input__work_days') }} as work_days
    {{ join_employee('work_days') }}
    where not coalesce(work_days.is_deleted, false)
    group by {{ employee_of() }}, work_days.day
),

employed as (
    select
        employees.employee_key,
        days.day,
        days.quarter_start,
        days.is_weekend,
        employees.employee_sk,
        employees.org_unit_key,
        employees.location
    from {{ ref('dim_employee') }} as employees
    cross join {{ ref('int_people__present') }} as present
    inner join {{ ref('dim_date') }} as days
        on days.day >= present.records_from
            and days.day <= present.present_day
            and days.day >= employees.hired_on
            and days.day <= coalesce(employees.left_on, present.present_day)
            and cast(days.day as timestamp) >= employees.valid_from
            and cast(days.day as timestamp) < employees.valid_to
    where employees.is_counted
),

away as (
    select
        employed.employee_key,
        employed.day,
        sum(case when absences.is_planned or employed.is_weekend then 0 else absences.hours_a_day end) as absent_hours,
        sum(case when absences.is_planned and not employed.is_weekend then absences.hours_a_day else 0 end) as planned_hours,
        sum(case when not absences.is_planned and absences.started_on = employed.day then 1 else 0 end) as absence_spells
    from employed
    inner join {{ ref('fct_absence') }} as absences
        on employed.employee_key = absences.employee_key and employed.day between absences.started_on and absences.ended_on
    group by employed.employee_key, employed.day
),

hours as (
    select
        employed.*,
        coalesce(worked.scheduled_hours, case when employed.is_weekend then 0 else {{ people_setting('hours_a_day') }} end) as scheduled_hours,
        coalesce(worked.over_hours, 0) as over_hours,
        coalesce(away.absent_hours, 0) as absent_hours,
        coalesce(away.planned_hours, 0) as planned_hours,
        coalesce(away.absence_spells, 0) as absence_spells
    from employed
    left join worked on employed.employee_key = worked.employee_key and employed.day = worked.day
    left join away on employed.employee_key = away.employee_key and employed.day = away.day
)

select
    employee_key,
    day,
    quarter_start,
    employee_sk,
    org_unit_key,
    coalesce(location, 'unknown') as location,
    cast(1 as bigint) as headcount,
    cast(scheduled_hours as {{ dbt.type_float() }}) as scheduled_hours,
    cast(least(absent_hours, scheduled_hours) as {{ dbt.type_float() }}) as absent_hours,
    cast(least(planned_hours, scheduled_hours) as {{ dbt.type_float() }}) as planned_hours,
    cast(over_hours as {{ dbt.type_float() }}) as over_hours,
    cast(absence_spells as bigint) as absence_spells
from hours
