-- The hours of an absence are shared evenly among the working days it covers; an absence that is open lasts until the newest day.
with absences as (
    select
        absences.*,
        {{ employee_of() }} as employee_key,
        coalesce(absences.ended_on, present.present_day) as last_on
    from {{ ref('input__absences') }} as absences
    cross join {{ ref('int_people__present') }} as present
    {{ join_employee('absences') }}
    where absences.status = 'approved' and not coalesce(absences.is_deleted, false) and absences.started_on is not null
),

numbered as (
    select day, sum(case when is_weekend then 0 else 1 end) over (order by day) as working_days, is_weekend
    from {{ ref('dim_date') }}
)

select
    {{ surrogate_key('absence', ['absences.source', 'absences.source_id']) }} as absence_key,
    absences.source,
    absences.source_id,
    absences.employee_key,
    coalesce(absences.is_planned, false) as is_planned,
    absences.started_on,
    absences.last_on as ended_on,
    cast(coalesce(
        absences.hours / nullif(ends.working_days - begins.working_days + case when begins.is_weekend then 0 else 1 end, 0),
        {{ people_setting('hours_a_day') }}
    ) as {{ dbt.type_float() }}) as hours_a_day,
    absences.loaded_at
from absences
left join numbered as begins on absences.started_on = begins.day
left join numbered as ends on absences.last_on = ends.day
where absences.employee_key is not null and absences.last_on >= absences.started_on
