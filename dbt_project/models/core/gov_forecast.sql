-- Forecasts of scores, from config/forecasts.yml and from spreadsheets. Of an upload only the time it was made counts, not the day it names.
{% set columns = [
    {'name': 'metric', 'data_type': 'string'},
    {'name': 'grain', 'data_type': 'string'},
    {'name': 'period_start', 'data_type': 'date'},
    {'name': 'forecaster', 'data_type': 'string'},
    {'name': 'forecast', 'data_type': 'float'},
    {'name': 'given_on', 'data_type': 'date'},
] %}
with stated as (
    select
        rows.metric,
        rows.grain,
        rows.period_start,
        rows.forecaster,
        rows.forecast,
        rows.given_on,
        cast(rows.given_on as timestamp) as began,
        {{ from_file() }}
    from (
    {{ setting_rows(var('config').forecasts, rename={'forecast': 'value'}, columns=columns) }}
    ) as rows
    union all
    select
        metric,
        grain,
        period_start,
        forecaster,
        value as forecast,
        {{ business_day('uploaded_at') }} as given_on,
        began,
        'upload' as origin,
        uploaded_by,
        uploaded_at
    from {{ uploads('gov_forecasts', 'given_on') }} as supplied
)

, timed as (
    select
        stated.*,
        cast(case grain when 'month' then {{ dbt.dateadd('month', 1, 'period_start') }} else {{ dbt.dateadd('month', 3, 'period_start') }} end as date) as period_end
    from stated
),

numbered as (
    select
        timed.*,
        row_number() over (
            partition by metric, grain, period_start, forecaster
            order by case when given_on < period_end then 0 else 1 end asc, case when given_on < period_end then given_on end desc nulls last, given_on asc, uploaded_at desc nulls last
        ) as pick
    from timed
)

select
    metric || ':' || grain || ':' || cast(period_start as {{ dbt.type_string() }}) || ':' || forecaster as forecast_key,
    metric,
    grain,
    period_start,
    period_end,
    forecaster,
    forecast,
    given_on,
    given_on < period_end as is_in_time,
    origin,
    uploaded_by,
    uploaded_at
from numbered
where pick = 1
