select
    present_day,
    cast({{ dbt.date_trunc('quarter', dbt.dateadd('month', -people_setting('records_months'), 'present_day')) }} as date) as records_from
from (
    select cast(max(moment) as date) as present_day
    from (
        {% for entity in ['employees', 'employee_jobs', 'absences', 'work_days', 'trainings'] %}
        select max(updated_at) as moment from {{ ref('input__' ~ entity) }}
        union all
        {% endfor %}
        select max(answered_at) as moment from {{ ref('input__survey_answers') }} where survey_type = 'employee'
    ) as moments
) as newest
