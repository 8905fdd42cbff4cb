select
    period_start, accounts, account_months, exposed_months, lost, lost_exposed, hazard_exposed, hazard_others, ratio, ratio_low, ratio_high,
    verdict
from {{ source('analysis', 'churn_hazard') }}
