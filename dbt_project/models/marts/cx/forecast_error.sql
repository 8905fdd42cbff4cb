select
    forecasts.metric,
    forecasts.grain,
    forecasts.period_start,
    forecasts.forecaster,
    forecasts.forecast,
    forecasts.given_on,
    forecasts.is_in_time,
    cells.value as actual,
    forecasts.forecast - cells.value as error,
    abs(forecasts.forecast - cells.value) as absolute_error,
    forecasts.forecast between cells.ci_low and cells.ci_high as is_inside_interval
from {{ ref('gov_forecast') }} as forecasts
left join {{ ref('metric_value') }} as cells
    on forecasts.metric = cells.metric and forecasts.grain = cells.grain and forecasts.period_start = cells.period_start and forecasts.is_in_time
    and cells.country = 'all' and cells.segment = 'all' and cells.industry = 'all' and cells.strategic = 'all' and cells.channel = 'all' and cells.queue = 'all' and cells.survey = 'all' and cells.touchpoint = 'all' and cells.stage = 'all' and cells.role = 'all' and cells.reason = 'all' and cells.item = 'all'
